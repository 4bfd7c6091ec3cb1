"""Schemas of Kubernetes for kubeconform, which has none of its own."""
import importlib.util
import re
from pathlib import Path


def strict_schemas(folder, version):
    """Where kubeconform finds the strict schemas of the Python package kubernetes-validate, copied to `folder` with addresses that
    are good there; without that package its own default, which is on the network."""
    found = importlib.util.find_spec("kubernetes_validate")
    if not found:
        return "default"
    source = next(Path(found.origin).parent.glob(f"kubernetes-json-schema/v{version}.*-local-strict"))
    target = Path(folder) / "schemas"
    target.mkdir(parents=True, exist_ok=True)
    for path in source.glob("*.json"):
        text = path.read_text(encoding="utf-8").replace('"/api/_definitions.json#', '"_definitions.json#')
        (target / path.name).write_text(re.sub(r',\s*"\$id": "[^"]*"', "", text), encoding="utf-8")
    return str(target / "{{.ResourceKind}}{{.KindSuffix}}.json")
