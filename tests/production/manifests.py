"""What no schema knows of a channel's manifests: whether names, ports, selectors and times fit each other, the channel's
configuration file and the image. `manifests.py CHANNEL RENDERED MONITORING` (YAML as `kubectl kustomize` prints it).
"""

import re
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import jsonschema
import yaml

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_PORTS = {"http": 80, "https": 443}

# The part of the Prometheus operator's contract that is used; its schema is in no package registry.
SERVICE_MONITOR = {
    "type": "object",
    "additionalProperties": False,
    "required": ["apiVersion", "kind", "metadata", "spec"],
    "properties": {
        "apiVersion": {"const": "monitoring.coreos.com/v1"},
        "kind": {"const": "ServiceMonitor"},
        "metadata": {"type": "object", "required": ["name"]},
        "spec": {
            "type": "object",
            "additionalProperties": False,
            "required": ["selector", "endpoints"],
            "properties": {
                "jobLabel": {"type": "string"},
                "selector": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {"matchLabels": {"type": "object", "additionalProperties": {"type": "string"}}},
                },
                "endpoints": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {
                            "port": {"type": "string"},
                            "path": {"type": "string", "pattern": "^/"},
                            "interval": {"type": "string", "pattern": "^[0-9]+s$"},
                        },
                    },
                },
            },
        },
    },
}

mistakes = []


def expect(right, what):
    if not right:
        mistakes.append(what)


def documents(file):
    return [document for document in yaml.safe_load_all(Path(file).read_text()) if document]


def selects(selector, labels):
    """An empty selector would take every pod of the namespace."""
    wanted = selector.get("matchLabels", selector)
    return bool(wanted) and wanted.items() <= labels.items()


def check(channel, resources, monitors):
    kinds = {}
    for resource in resources:
        expect(resource["kind"] not in kinds, f"two of {resource['kind']}")
        kinds[resource["kind"]] = resource
    pod = kinds["Deployment"]["spec"]["template"]
    labels = pod["metadata"]["labels"]
    container = check_pod(pod["spec"], kinds)
    check_selectors(kinds, labels)
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    check_ports(container, ports, kinds)
    config = check_config(channel, container, pod["spec"], kinds)
    check_numbers(config, ports, container, pod["spec"])
    most = kinds["HorizontalPodAutoscaler"]["spec"]["maxReplicas"]
    expect(config["quota_store"]["replicas"] == most, "the quotas are divided among another number of replicas")
    check_ways_out(config, kinds["NetworkPolicy"]["spec"])
    check_image(ports, pod["spec"], config_path(container))
    for monitor in monitors:
        check_monitor(monitor, kinds["Service"])
    for kind, resource in kinds.items():
        expect(resource["metadata"]["name"].startswith(channel), f"{kind} is not named after {channel}")


def check_pod(spec, kinds):
    expect(spec["serviceAccountName"] == kinds["ServiceAccount"]["metadata"]["name"], "the service account does not exist")
    expect(spec["automountServiceAccountToken"] is False, "a token is mounted")
    expect(spec["securityContext"]["runAsNonRoot"] is True, "may run as root")
    expect(spec["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault", "no seccomp profile")
    (container,) = spec["containers"]
    context = container["securityContext"]
    expect(context["readOnlyRootFilesystem"] is True, "its files can be written")
    expect(context["allowPrivilegeEscalation"] is False, "privileges can be gained")
    expect(context["capabilities"]["drop"] == ["ALL"], "capabilities are kept")
    expect("memory" in container["resources"]["limits"], "no limit of memory")
    return container


def check_selectors(kinds, labels):
    target = kinds["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]
    expect((target["kind"], target["name"]) == ("Deployment", kinds["Deployment"]["metadata"]["name"]), "the autoscaler's target")
    expect("replicas" not in kinds["Deployment"]["spec"], "the autoscaler's number would be overwritten with each rollout")
    selectors = {
        "Deployment": kinds["Deployment"]["spec"]["selector"],
        "Service": kinds["Service"]["spec"]["selector"],
        "PodDisruptionBudget": kinds["PodDisruptionBudget"]["spec"]["selector"],
        "NetworkPolicy": kinds["NetworkPolicy"]["spec"]["podSelector"],
    }
    for constraint in kinds["Deployment"]["spec"]["template"]["spec"]["topologySpreadConstraints"]:
        selectors[constraint["topologyKey"]] = constraint["labelSelector"]
    for who, selector in selectors.items():
        expect(selects(selector, labels), f"{who} does not select the pods")


def check_ports(container, ports, kinds):
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        http = container[probe]["httpGet"]
        expect(http["port"] == "admin", f"{probe} does not ask the admin listener")
        expect(http["path"] == {"readinessProbe": "/readyz"}.get(probe, "/livez"), f"{probe} asks for {http['path']}")
    for port in kinds["Service"]["spec"]["ports"]:
        expect(port["targetPort"] in ports, f"the service's port {port['name']} leads nowhere")
    for rule in kinds["NetworkPolicy"]["spec"]["ingress"]:
        for port in rule["ports"]:
            expect(port["port"] in ports, f"the network policy lets in at {port['port']}, which is no port")
        expect(rule["from"], "the network policy lets everybody in")


def config_path(container):
    (mount,) = [mount for mount in container["volumeMounts"] if mount["name"] == "config"]
    return mount["mountPath"] + "/channel.toml"


def check_config(channel, container, spec, kinds):
    (volume,) = [volume for volume in spec["volumes"] if volume["name"] == "config"]
    expect(volume["configMap"]["name"] == kinds["ConfigMap"]["metadata"]["name"], "the pod's ConfigMap does not exist")
    text = kinds["ConfigMap"]["data"]["channel.toml"]
    (secret,) = container["envFrom"]
    expect(secret["secretRef"]["name"] == f"{channel}-secrets", "the secret is another channel's")
    expect(f"{channel}-secrets" in text, "the file does not say where its variables come from")
    return tomllib.loads(text)


def check_numbers(config, ports, container, spec):
    server = config["server"]
    expect(server["listen"] == f"0.0.0.0:{ports['http']}", "the file and the pod disagree about the callers' port")
    expect(config["admin"]["listen"] == f"0.0.0.0:{ports['admin']}", "the file and the pod disagree about the admin port")
    delay, timeout = server["drain_delay_ms"] / 1000, server["drain_timeout_ms"] / 1000
    expect(spec["terminationGracePeriodSeconds"] >= delay + timeout + 5, "the grace period ends before the drain")
    readiness = container["readinessProbe"]
    unready = readiness["periodSeconds"] * readiness["failureThreshold"]
    expect(delay >= 2 * unready, "callers are refused before anybody knows that the pod is not ready")
    expect("workers" in server, "as many workers as the node has cores")


def check_ways_out(config, policy):
    open_ports = {port["port"] for rule in policy["egress"] for port in rule["ports"]}
    for name, system in config["systems"].items():
        url = urlsplit(system["http"]["base_url"])
        expect((url.port or DEFAULT_PORTS[url.scheme]) in open_ports, f"the network policy keeps the pod from {name}")


def check_image(ports, spec, config_file):
    text = (ROOT / "deploy/container/Containerfile").read_text()
    exposed = re.search(r"^EXPOSE (.*)$", text, re.M)[1].split()
    expect(sorted(map(int, exposed)) == sorted(ports.values()), "the image exposes other ports")
    user = f"{spec['securityContext']['runAsUser']}:{spec['securityContext']['runAsGroup']}"
    expect(f"\nUSER {user}\n" in text, "the image's user is another")
    expect(f'"--config", "{config_file}"' in text, "the image reads another file")


def check_monitor(monitor, service):
    jsonschema.validate(monitor, SERVICE_MONITOR)
    labels = service["metadata"]["labels"]
    expect(selects(monitor["spec"]["selector"], labels), "the service is not monitored")
    expect(monitor["spec"]["jobLabel"] in labels, "the job has no name")
    (endpoint,) = monitor["spec"]["endpoints"]
    expect(endpoint["port"] in {port["name"] for port in service["spec"]["ports"]}, "the monitor asks at no port of the service")
    expect(endpoint["path"] == "/metrics", f"the monitor asks for {endpoint['path']}")


channel, rendered, monitoring = sys.argv[1:]
check(channel, documents(rendered), documents(monitoring))
for mistake in mistakes:
    print(f"{channel}: {mistake}")
sys.exit(bool(mistakes))
