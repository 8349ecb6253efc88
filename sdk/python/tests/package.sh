# Tests the package: a fresh project in its own folder installs the wheel, and runs the README's first code unchanged.
# The types in that code are checked as well, which needs the wheel's type information: without and with the type stubs
# of the dependencies.
set -eu
sdk=$PWD
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
"$PYTHON" -m venv "$project/venv"
cd "$project"
wheel=$(echo "$sdk"/dist/*.whl)
cat >mistake.py <<'END'
from s2s_sdk import Client

Client().conversions.record(click_id="x", value=19.99)
END
awk '/^```python$/ { inside = 1; next } inside && /^```$/ { exit } inside { print }' "$sdk/README.md" >first_conversion.py
for extra in "" "[types]"; do
    venv/bin/pip install --quiet --constraint "$sdk/requirements.txt" "$wheel$extra"
    "$sdk/.venv/bin/mypy" --no-error-summary --strict --python-executable venv/bin/python first_conversion.py
    "$sdk/.venv/bin/mypy" --strict --python-executable venv/bin/python mistake.py >mistakes && exit 1
    grep -q 'No overload variant of "record"' mistakes
done
S2S_API_KEY=$S2S_JOURNEY_KEY S2S_ENDPOINT=$S2S_JOURNEY_URL venv/bin/python first_conversion.py | tee printed
grep -q 'value 19.99 EUR, commission 2.50 EUR$' printed
test "$(wc -l <printed)" = 2
