# Tests the package: a fresh project in its own folder installs the wheel, and runs the README's first code unchanged.
# The types in that code are checked as well, which needs the wheel's type information.
set -eu
sdk=$PWD
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
"$PYTHON" -m venv "$project/venv"
cd "$project"
venv/bin/pip install --quiet --constraint "$sdk/requirements.txt" "$sdk"/dist/*.whl types-grpcio types-protobuf
awk '/^```python$/ { inside = 1; next } inside && /^```$/ { exit } inside { print }' "$sdk/README.md" >first_conversion.py
"$sdk/.venv/bin/mypy" --no-error-summary --strict --python-executable venv/bin/python first_conversion.py
venv/bin/python first_conversion.py "$S2S_JOURNEY_KEY" "$S2S_JOURNEY_URL" | tee printed
grep -q 'value 19.99, commission 2.5$' printed
test "$(wc -l <printed)" = 2
