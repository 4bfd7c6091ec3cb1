#!/bin/sh
# podlint check --render with programs that stand in for helm, kustomize and kubectl, and the comments of Helm in standard input.
#
#     render.sh PODLINT
set -u
. "$(dirname "$0")/../suite.sh"

# expect NAME EXIT TEXT ARGUMENT...: podlint check with the arguments, in the current directory.
expect() {
    name=$1 code=$2 text=$3
    shift 3
    run "$name" "$code" "$text" "$podlint" check --format concise "$@"
}

# program NAME: makes a program of this name from standard input.
program() {
    { echo '#!/bin/sh'; cat; } >"$dir/bin/$1"
    chmod +x "$dir/bin/$1"
}

mkdir "$dir/bin" "$dir/empty" && cd "$dir" || exit 2
mkdir -p charts/web/templates kust/base kust/overlay
printf 'name: web\n' >charts/web/Chart.yaml
printf '{{ no manifest }}\n' >charts/web/templates/pod.yaml
printf 'kind: Kustomization\nresources: [pod.yaml]\n' >kust/base/kustomization.yaml
printf 'resources: [../base]\n' >kust/overlay/kustomization.yaml
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  restartPolicy: Sometimes\n  containers: [{name: web, image: web}]\n' \
    >kust/base/pod.yaml
before=$PATH
# shellcheck disable=SC2123
PATH=$dir/empty
expect "no helm" 2 "takes helm, and PATH has no such program" --render charts
expect "no kustomize" 2 "takes kustomize or kubectl, and PATH has neither" --render kust
expect "what cannot be rendered is checked as it is" 2 "kust/base/pod.yaml:5:18: error[not-supported]" --render kust
PATH=$dir/bin:$before

program helm <<'END'
echo "$*" >>"$(dirname "$0")/../calls"
cat <<'MANIFESTS'
---
# Source: web/templates/pod.yaml
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: web, image: web}]
---
# Source: web/templates/pod.yaml
apiVersion: v1
kind: Pod
metadata: {name: Web}
spec:
  containers: [{name: web, image: web}]
---
# Source: web/charts/db/templates/pod.yaml
apiVersion: v1
kind: Pod
metadata: {name: db}
spec:
  containers: [{name: db}]
MANIFESTS
END
expect "a finding names the template and the line of the output" 1 \
    'charts/web/templates/pod.yaml (rendered):12:18: error[dns-subdomain]: "Web"' --render charts
expect "the template of a chart in a chart" 1 'charts/web/charts/db/templates/pod.yaml (rendered):21:17: error[container-image]' \
    --render charts
expect "no template is left out" 1 "!left out" --render charts
expect "JSON says how it was made" 1 '"file": "charts/web/templates/pod.yaml", "rendered": "helm template charts/web"' \
    --format json --render charts
expect "programs are told the file, and the line in words" 1 \
    'file=charts/web/charts/db/templates/pod.yaml,line=1,endLine=1,col=1,endColumn=1::the container has no image (line 21 of what' \
    --format github --render charts
expect "helm is told the version" 1 "1.35" --kubernetes-version 1.34,1.35 --render charts
case $(tail -n 1 calls) in
"template charts/web --kube-version=1.35") pass ;;
*) fail "helm was called with: $(tail -n 1 calls)" ;;
esac
"$dir/bin/helm" >stream
expect "standard input from helm" 1 'web/charts/db/templates/pod.yaml (rendered):21:17: error[container-image]' - <stream
sed 's/^# Source: .*/# Source: the internet, pages 1\/2/' stream >plain
expect "standard input with other comments of that kind" 1 '<stdin>:21:17: error[container-image]' - <plain
sed '/^# Source/d' stream >plain
expect "standard input without comments" 1 '<stdin>:18:17: error[container-image]' - <plain

program helm <<'END'
echo "Error: no values" >&2
exit 3
END
expect "helm fails" 2 "cannot render the chart charts/web: helm template ended with 3" --render charts
expect "and says why itself" 2 "Error: no values" --render charts
printf 'name: web\ntype: library\n' >charts/web/Chart.yaml
expect "library charts are not rendered" 0 "0 files" --render charts
printf 'kill -9 $$\n' | program helm
printf 'name: web\n' >charts/web/Chart.yaml
expect "helm dies" 2 "it was ended by a signal" --render charts
printf 'sleep 60 2>/dev/null &\nprintf "apiVersion: example.com/v1\\nkind: Widget\\n"\n' | program helm
expect "helm leaves something running" 0 "1 file" --render charts
printf 'cat\necho "a: ["\n' | program helm
expect "helm reads its input and prints no YAML" 1 "charts/web/Chart.yaml (rendered):2:1: error[syntax]" --render charts

program kubectl <<'END'
[ "$1 $2" = "kustomize kust/overlay" ] && sed 's/name: web}$/name: rendered}/; s/^/ /; s/^ //' kust/base/pod.yaml
END
printf 'exit 9\n' | program kustomize
expect "kustomize goes before kubectl" 2 "kustomize build ended with 9" --render kust
printf '[ "$1 $2" = "build kust/overlay" ] && cat kust/base/pod.yaml\n' | program kustomize
expect "only what no other includes is rendered, in place of its files" 1 "3 files, 1 object" --render kust
expect "kustomize" 1 "kust/overlay/kustomization.yaml (rendered):5:18: error[not-supported]" --render kust
rm bin/kustomize
PATH=$dir/bin:/usr/bin:/bin
if ! command -v kustomize >/dev/null; then
    expect "kubectl" 1 "kust/overlay/kustomization.yaml (rendered):5:18: error[not-supported]" --render kust
fi
expect "a base alone is rendered by itself" 2 "cannot render the kustomization kust/base" --render kust/base
expect "nothing to render" 1 "--render found no chart and no kustomization" --render kust/base/pod.yaml

finish
