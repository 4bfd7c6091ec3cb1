#!/bin/sh
# The report formats judged by those who define and read them: the SARIF schema and Microsoft's own validator, Jenkins' JUnit schema,
# the toolkit of GitHub Actions, parsers from PyPI. They are installed under build/consumers; where the registries cannot be reached,
# nothing is tested and a line says so.
#
#     consumers.sh PODLINT
set -eu
podlint=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
test=$(cd "$(dirname "$0")" && pwd)
dir=$test/../../../build/consumers
mkdir -p "$dir"
cd "$dir"

skip() {
    echo "SKIP consumers: $1"
    exit 0
}

for program in python3 node npm; do
    command -v $program >/dev/null || skip "$program is not installed"
done
if [ ! -e installed ]; then
    [ -e venv ] || python3 -m venv venv >log.txt 2>&1 || skip "python3 cannot make an environment (build/consumers/log.txt)"
    {
        venv/bin/pip install --quiet jsonschema==4.26.0 lxml==6.0.2 junitparser==4.0.2 sarif-tools==3.0.5 &&
            venv/bin/pip download --quiet --no-deps --no-binary pytest pytest==7.4.4 &&
            tar xzf pytest-7.4.4.tar.gz pytest-7.4.4/testing/example_scripts/junit-10.xsd &&
            npm install --silent --no-audit --no-fund --prefix . @actions/core@3.0.1 @microsoft/jest-sarif@1.0.0-beta.0 \
                @microsoft/sarif-multitool-linux@5.7.0
    } >log.txt 2>&1 || skip "PyPI or npm cannot be reached (build/consumers/log.txt)"
    touch installed
fi
venv/bin/python "$test/consumers.py" "$podlint" "$dir"
