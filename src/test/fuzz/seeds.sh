#!/bin/sh
# The inputs that the fuzzers begin with, taken from testdata: OUT/TARGET/NAME for each target of targets.c, and OUT/dictionary,
# one of the schema's words. What the fuzzers have found stands in testdata/fuzz/TARGET and is among them.
#
#     seeds.sh OUT
set -eu
cd "$(dirname "$0")/../../.."
out=$1
rm -rf "$out"
cut='
%%
'

# seed TARGET NAME FILE...: the parts of an input are files.
seed() {
    to=$out/$1/$2
    mkdir -p "$out/$1"
    shift 2
    cat "$1" >"$to"
    shift
    for part; do
        printf '%s' "$cut" >>"$to"
        cat "$part" >>"$to"
    done
}

# text TARGET NAME TEXT: an input as printf writes it.
text() {
    mkdir -p "$out/$1"
    # shellcheck disable=SC2059
    printf -- "$3" >"$out/$1/$2"
}

mkdir -p "$out"
cat >"$out/nodes.yaml" <<'END'
apiVersion: v1
kind: Node
metadata: {name: node-1, labels: {topology.kubernetes.io/zone: a, kubernetes.io/hostname: node-1}}
spec: {taints: [{key: dedicated, value: web, effect: PreferNoSchedule}]}
status:
  allocatable: {cpu: "4", memory: 8Gi, pods: "110", example.com/gpu: "1"}
  images: [{names: ["example.com/web:1"], sizeBytes: 50000000}]
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Node
    metadata: {name: node-2}
    spec: {unschedulable: true}
    status: {capacity: {cpu: 2, memory: 4Gi}, conditions: [{type: Ready, status: "True"}]}
  - apiVersion: v1
    kind: Pod
    metadata: {name: other, namespace: shop, labels: {app: web}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: a, controller: true}]}
    spec: {nodeName: node-1, containers: [{name: a, image: b, ports: [{containerPort: 80, hostPort: 80}], resources: {requests: {cpu: 500m}}}]}
    status: {phase: Running}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
END

for file in testdata/*/*.yaml testdata/*/*.json testdata/check/kustomize/*/*.yaml; do
    name=$(echo "${file#testdata/}" | tr / -)
    case $file in
    testdata/config/*) seed config "$name" "$file" ;;
    testdata/policy/*) seed policies "$name" "$file" "$file" ;;
    testdata/check/ignore-* | testdata/lint/spared* | testdata/lint/control*) seed ignore "$name" "$file" ;;
    */kustomization.yaml) seed kustomization "$name" "$file" "${file%/*}/web.yaml" testdata/check/kustomize/overlays/prod/web.yaml ;;
    testdata/defaults/*) seed defaults "$name" "$file" ;;
    *.new.yaml) ;;
    testdata/simulate/*)
        seed simulate "$name" testdata/simulate/scenario.txt "$file"
        seed nodes "$name" "$out/nodes.yaml" "$file"
        ;;
    esac
    case $file in
    *.new.yaml) ;;
    testdata/config/*) ;;
    *)
        seed check "$name" "$file"
        seed fix "$name" "$file"
        case $name in check-* | refused-* | simulate-escapes*) seed reports "$name" "$file" ;; esac
        old=$file new=${file%.*}.new.yaml
        [ -e "$new" ] || new=$file
        seed diff "$name" "$old" "$new"
        seed update "$name" "$old" "$new"
        ;;
    esac
done
seed simulate faults testdata/simulate/scenario-faults.txt testdata/simulate/scenario-faults.yaml
seed simulate picture testdata/picture/scenario.yaml testdata/picture/pod.yaml
seed kustomization overlay testdata/check/kustomize/overlays/prod/kustomization.yml testdata/check/kustomize/base/web.yaml \
    testdata/check/kustomize/overlays/prod/web.yaml
for file in testdata/lint/*.rules; do seed rules "$(basename "$file")" "$file" "${file%.rules}.yaml"; done
for file in testdata/lint/images.yaml testdata/simulate/rollout.yaml; do seed defaults "$(basename "$file")" "$file"; done

for file in testdata/cel/*.args; do
    sed "s/^'//; s/' *\([^' ]*\)$//; s/^--[a-z]* //" "$file" >"$out/expression"
    seed cel "$(basename "$file" .args)" "$out/expression"
done
n=0
while IFS= read -r expression; do
    n=$((n + 1))
    printf '%s' "$expression" >"$out/expression"
    seed cel "$n" "$out/expression" testdata/examples/pod.yaml
done <<END
$(sed -n 's/^  "\(.*\)",*$/\1/p' src/test/bench/bench_cel.json | sed 's/\\"/"/g; s/\\\\/\\/g')
END
sed -n 's/^  \(".*"\),*$/{"id": "a", "expr": \1, "vars": {"object": {"spec": {"containers": [{"name": "a", "image": "b:1"}]}}}}/p' \
    src/test/bench/bench_cel.json | split -l 4 - "$out/batch."
for file in "$out"/batch.*; do seed cel-batch "${file##*.}" "$file"; done
rm -f "$out/expression" "$out"/batch.*

for file in testdata/explain/*.args; do
    sed 's/^-[^ ]* *[^ ]* //; s/ -.*//' "$file" | tr -d "\n'" >"$out/word"
    seed words "$(basename "$file" .args)" "$out/word"
done
for word in web web=1 web=137@30s web.liveness@1m web@90s 1.34,1.37 restricted:v1.30 baseline lint,api unknown-field,image '*.yaml' 'a/**/[!b]*'; do
    printf '%s' "$word" >"$out/word"
    seed words "$(echo "$word" | tr -c 'a-z0-9\n' -)" "$out/word"
done
rm -f "$out/word" "$out/nodes.yaml"
printf '3x(cpu=4,memory=16Gi,zone=a),1x(cpu=2,memory=4Gi,taint=dedicated:NoSchedule)' >"$out/nodes/short"
printf '2x(cpu=2,memory=4Gi,zone=a),1x(cpu=2,memory=4Gi,zone=b,label.disk=ssd)' >"$out/nodes/groups"

cat >"$out/crd.yaml" <<'END'
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, shortNames: [wd]}
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}, scale: {specReplicasPath: .spec.size, statusReplicasPath: .status.size}}
      additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            spec:
              type: object
              required: [size]
              x-kubernetes-validations:
                - {rule: "self.size >= 1 && (!has(self.parts) || self.parts.all(p, p.name != ''))", message: too small, fieldPath: .size}
                - {rule: "oldSelf.colour == self.colour", messageExpression: "'was ' + oldSelf.colour", reason: FieldValueForbidden}
              properties:
                size: {type: integer, format: int32, minimum: 1, maximum: 10, multipleOf: 1, default: 2}
                colour: {type: string, enum: [red, green], default: red, pattern: "^[a-z]+$", maxLength: 5}
                at: {type: string, format: date-time}
                port: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}
                more: {type: object, x-kubernetes-preserve-unknown-fields: true}
                labels: {type: object, additionalProperties: {type: string, nullable: true}, maxProperties: 3}
                parts:
                  type: array
                  maxItems: 3
                  x-kubernetes-list-type: map
                  x-kubernetes-list-map-keys: [name]
                  items: {type: object, required: [name], properties: {name: {type: string}, weight: {type: number, not: {maximum: 0}}}}
                template: {type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}
END
cat >"$out/widget.yaml" <<'END'
apiVersion: example.com/v1
kind: Widget
metadata: {name: w, namespace: shop}
spec:
  size: 11
  colour: blue
  at: 2026-01-01T00:00:00Z
  port: http
  labels: {a: b, c: null}
  parts: [{name: a, weight: 0.5}, {name: a}]
  template: {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a}]}}
  unknown: 1
END
seed crds widget "$out/crd.yaml" "$out/widget.yaml"
for file in testdata/*/*.yaml; do
    ! grep -q 'kind: CustomResourceDefinition' "$file" || seed crds "$(echo "${file#testdata/}" | tr / -)" "$file" "$file"
done
for file in testdata/admission/*.yaml; do
    seed cluster "$(basename "$file")" "$file" "$file"
    seed cluster "pod-$(basename "$file")" "$file" testdata/examples/pod.yaml
done
rm "$out/crd.yaml" "$out/widget.yaml"

known='"file": "pod.yaml", "object": "Pod web", "rule": "unknown-field", "path": "spec.containers[web].unknown", "text": "0123456789abcdef"'
text baseline empty '{"tool": "podlint", "version": 1, "findings": [\n]}\n'
text baseline one "{\"tool\": \"podlint\", \"version\": 1, \"findings\": [\n{$known},\n{$known, \"count\": 2}\n]}\n"

one=1111111111111111111111111111111111111111 two=2222222222222222222222222222222222222222 none=0000000000000000000000000000000000000000
pod='apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: "example.com/web:1"}]}\n'
# shellcheck disable=SC2059
length=$(printf "$pod" | wc -c)
text git changed ":100644 100644 $one $two M\\000web.yaml\\000\n%%%%\n$one blob $length\n$pod\n$two blob $length\n$pod\n\n%%%%\n$one blob $length\n$two blob $length\n"
text git added ":000000 100644 $none $two A\\000deploy/web.yaml\\000:100644 000000 $one $none D\\000old.json\\000\n%%%%\n$two blob $length\n$pod\n\n%%%%\n$two blob $length\n"
text git links ":120000 120000 $one $two T\\000web.yaml\\000:160000 100755 $one $two M\\000sub.yaml\\000:100644 000000 $one $none U\\000pod.yaml\\000\n%%%%\n$one blob $length\n$pod\n\n%%%%\n$one blob $length\n$two missing\n%%%%\n120000 blob $one\tweb.yaml\\000\n%%%%\n../a/./b.yaml\n%%%%\nfilter.lfs.clean\\000filter.lfs.required\\000"
text git failed "!fatal: not a git repository\nmore"
text chart rendered "---\n# Source: web/templates/deployment.yaml\n$pod---\n# Source: web/templates/service.yaml\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n%%%%\napiVersion: v2\nname: web\nversion: 1.0.0\n"
text chart plain "$pod\n%%%%\napiVersion: v2\nname: web\ntype: library\n"

mkdir -p "$out/lsp"
cp testdata/lsp/session.jsonl "$out/lsp/session"
for message in $(seq 3 20); do sed -n "1,2p;${message}p" testdata/lsp/session.jsonl >"$out/lsp/$message"; done

for found in testdata/fuzz/*/*; do
    [ ! -e "$found" ] || { mkdir -p "$out/$(basename "$(dirname "$found")")" && cp "$found" "$out/$(basename "$(dirname "$found")")/found-$(basename "$found")"; }
done
cat schema/*.yaml rules/*.yaml src/test/bench/bench_cel.json | tr -c 'A-Za-z0-9.$/-' '\n' | sort -u | sed -n 's/^[A-Za-z$.][A-Za-z0-9./-]\{2,30\}$/"&"/p' >"$out/dictionary"
