#!/usr/bin/env python3
"""Makes manifests of the kinds around pods for make bench: the same ones in every run.

    mixed.py DIRECTORY [COUNT]

Each file holds one object. Kinds take turns as often as their number in MAKERS says, which is about how often people write them.
"""
import random
import sys
from pathlib import Path

WORDS = "shop cart search mail login stock price order image audit report video billing queue cache front".split()
TEAMS = "web data core".split()
pick = random.Random(18)


def some(words, most=3):
    return pick.sample(words, pick.randint(1, most))


def meta(name, namespace=True):
    text = f"metadata:\n  name: {name}\n"
    if namespace and pick.random() < 0.6:
        text += f"  namespace: {pick.choice(TEAMS)}\n"
    text += f"  labels:\n    app.kubernetes.io/name: {name}\n    app.kubernetes.io/part-of: {pick.choice(TEAMS)}\n"
    if pick.random() < 0.3:
        text += f"  annotations:\n    example.com/owner: {pick.choice(TEAMS)}\n"
    return text


def rules():
    text = "rules:\n"
    for resource in some(["pods", "configmaps", "services", "endpoints", "events"]):
        text += f'  - apiGroups: [""]\n    resources: [{resource}]\n    verbs: [{", ".join(some(["get", "list", "watch", "patch"]))}]\n'
    return text


def binding(kind, name):
    return (f"roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: {kind}\n  name: {name}\n"
            f"subjects:\n  - kind: ServiceAccount\n    name: {name}\n    namespace: {pick.choice(TEAMS)}\n")


def service(name):
    ports = "".join(f"    - name: {word}\n      port: {pick.randint(80, 9000)}\n      targetPort: {word}\n" for word in some(["http", "grpc", "metrics"]))
    return meta(name) + f"spec:\n  type: {pick.choice(['ClusterIP', 'ClusterIP', 'LoadBalancer'])}\n  selector:\n    app: {name}\n  ports:\n{ports}"


def ingress(name):
    paths = "".join(f"          - path: /{word}\n            pathType: Prefix\n            backend:\n              service:\n                name: {word}\n"
                    f"                port:\n                  name: http\n" for word in some(WORDS))
    return meta(name) + (f"spec:\n  ingressClassName: public\n  tls:\n    - hosts: [{name}.example.com]\n      secretName: {name}-tls\n  rules:\n"
                         f"    - host: {name}.example.com\n      http:\n        paths:\n{paths}")


def network_policy(name):
    peers = "".join(f"        - podSelector:\n            matchLabels:\n              app: {word}\n" for word in some(WORDS))
    return meta(name) + (f"spec:\n  podSelector:\n    matchLabels:\n      app: {name}\n  policyTypes: [Ingress]\n  ingress:\n    - from:\n{peers}"
                         f"      ports:\n        - protocol: TCP\n          port: {pick.randint(80, 9000)}\n")


def config_map(name):
    data = "".join(f"  {word.upper()}_URL: http://{word}.example.com:{pick.randint(80, 9000)}/\n" for word in some(WORDS, 6))
    data += "  app.properties: |\n" + "".join(f"    {word}.limit = {pick.randint(1, 500)}\n" for word in some(WORDS, 6))
    return meta(name) + f"data:\n{data}"


def secret(name):
    return meta(name) + "type: Opaque\nstringData:\n" + "".join(f"  {word}-key: not-a-real-key-{pick.randint(1, 999)}\n" for word in some(WORDS))


def claim(name):
    return meta(name) + (f"spec:\n  accessModes: [ReadWriteOnce]\n  storageClassName: fast\n  resources:\n    requests:\n"
                         f"      storage: {pick.randint(1, 50)}Gi\n")


def volume(name):
    return meta(name, False) + (f"spec:\n  capacity:\n    storage: {pick.randint(1, 50)}Gi\n  accessModes: [ReadWriteOnce]\n"
                                f"  persistentVolumeReclaimPolicy: Retain\n  storageClassName: fast\n  csi:\n    driver: disk.example.com\n    volumeHandle: {name}\n")


def autoscaler(name):
    return meta(name) + (f"spec:\n  scaleTargetRef:\n    apiVersion: apps/v1\n    kind: Deployment\n    name: {name}\n  minReplicas: 3\n"
                         f"  maxReplicas: {pick.randint(4, 20)}\n  metrics:\n    - type: Resource\n      resource:\n        name: cpu\n        target:\n"
                         f"          type: Utilization\n          averageUtilization: {pick.randint(50, 90)}\n")


def budget(name):
    return meta(name) + f"spec:\n  maxUnavailable: {pick.randint(1, 2)}\n  selector:\n    matchLabels:\n      app: {name}\n"


def limits(name):
    return meta(name) + (f"spec:\n  limits:\n    - type: Container\n      default:\n        cpu: {pick.randint(1, 9)}00m\n        memory: 512Mi\n"
                         f"      defaultRequest:\n        cpu: 100m\n        memory: 256Mi\n      max:\n        memory: {pick.randint(1, 8)}Gi\n")


def quota(name):
    return meta(name) + (f"spec:\n  hard:\n    requests.cpu: {pick.randint(2, 40)}\n    requests.memory: {pick.randint(4, 80)}Gi\n"
                         f"    limits.memory: {pick.randint(80, 160)}Gi\n    pods: {pick.randint(10, 200)}\n    count/secrets: {pick.randint(5, 9)}000\n")


def slice_(name):
    ends = "".join(f"  - addresses: [10.{pick.randint(0, 255)}.{pick.randint(0, 255)}.{pick.randint(1, 254)}]\n    conditions:\n      ready: true\n"
                   f"    nodeName: node-{pick.randint(1, 40)}\n    zone: zone-{pick.choice('abc')}\n" for _ in range(pick.randint(1, 6)))
    return meta(name) + f"addressType: IPv4\nports:\n  - name: http\n    protocol: TCP\n    port: {pick.randint(80, 9000)}\nendpoints:\n{ends}"


def webhook(name):
    return meta(name, False) + (f"webhooks:\n  - name: {name}.example.com\n    admissionReviewVersions: [v1]\n    sideEffects: None\n"
                                f"    timeoutSeconds: {pick.randint(1, 10)}\n    failurePolicy: Ignore\n    clientConfig:\n      service:\n"
                                f"        name: {name}\n        namespace: core\n        path: /judge\n    namespaceSelector:\n      matchLabels:\n        judged: 'yes'\n"
                                f"    rules:\n      - apiGroups: [apps]\n        apiVersions: [v1]\n        operations: [CREATE, UPDATE]\n        resources: [deployments]\n")


def policy(name):
    return meta(name, False) + (f"spec:\n  failurePolicy: Fail\n  matchConstraints:\n    resourceRules:\n      - apiGroups: [apps]\n        apiVersions: [v1]\n"
                                f"        operations: [CREATE, UPDATE]\n        resources: [deployments]\n  validations:\n"
                                f"    - expression: object.spec.replicas <= {pick.randint(3, 30)}\n      message: too many replicas\n")


MAKERS = {
    "v1 Service": (service, 12),
    "networking.k8s.io/v1 Ingress": (ingress, 7),
    "networking.k8s.io/v1 IngressClass": (lambda name: meta(name, False) + "spec:\n  controller: example.com/ingress\n", 1),
    "networking.k8s.io/v1 NetworkPolicy": (network_policy, 5),
    "v1 ConfigMap": (config_map, 14),
    "v1 Secret": (secret, 8),
    "v1 ServiceAccount": (lambda name: meta(name) + "automountServiceAccountToken: false\n", 8),
    "v1 Namespace": (lambda name: meta(name, False), 4),
    "v1 LimitRange": (limits, 1),
    "v1 ResourceQuota": (quota, 1),
    "v1 PersistentVolumeClaim": (claim, 5),
    "v1 PersistentVolume": (volume, 2),
    "discovery.k8s.io/v1 EndpointSlice": (slice_, 1),
    "autoscaling/v2 HorizontalPodAutoscaler": (autoscaler, 4),
    "policy/v1 PodDisruptionBudget": (budget, 4),
    "scheduling.k8s.io/v1 PriorityClass": (lambda name: meta(name, False) + f"value: {pick.randint(1, 90)}000\ndescription: {name} first\n", 1),
    "node.k8s.io/v1 RuntimeClass": (lambda name: meta(name, False) + f"handler: {name}\n", 1),
    "storage.k8s.io/v1 StorageClass": (lambda name: meta(name, False) + "provisioner: disk.example.com\nallowVolumeExpansion: true\n"
                                       "volumeBindingMode: WaitForFirstConsumer\nparameters:\n  type: ssd\n", 1),
    "storage.k8s.io/v1 CSIDriver": (lambda name: meta(name, False) + "spec:\n  attachRequired: false\n  podInfoOnMount: true\n", 1),
    "rbac.authorization.k8s.io/v1 Role": (lambda name: meta(name) + rules(), 6),
    "rbac.authorization.k8s.io/v1 ClusterRole": (lambda name: meta(name, False) + rules(), 5),
    "rbac.authorization.k8s.io/v1 RoleBinding": (lambda name: meta(name) + binding("Role", name), 6),
    "rbac.authorization.k8s.io/v1 ClusterRoleBinding": (lambda name: meta(name, False) + binding("ClusterRole", name), 4),
    "coordination.k8s.io/v1 Lease": (lambda name: meta(name) + f"spec:\n  holderIdentity: {name}-0\n  leaseDurationSeconds: 15\n", 1),
    "admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration": (webhook, 1),
    "admissionregistration.k8s.io/v1 MutatingWebhookConfiguration": (webhook, 1),
    "admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy": (policy, 1),
}


def main(directory, count="5000"):
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    kinds = [kind for kind, (_, weight) in MAKERS.items() for _ in range(weight)]
    for number in range(int(count)):
        version, kind = kinds[number % len(kinds)].split()
        name = f"{pick.choice(WORDS)}-{number}"
        text = f"apiVersion: {version}\nkind: {kind}\n{MAKERS[f'{version} {kind}'][0](name)}"
        (folder / f"{kind.lower()}-{number}.yaml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
