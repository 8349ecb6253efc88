# Tests the package: a fresh project in its own folder installs the wheel, and runs all code of the README unchanged. The
# types in the first code are checked as well, which needs the wheel's type information: without and with the type stubs of
# the dependencies.
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
# Prints the README's blocks of Python with a number that fulfils the condition.
blocks() {
    awk '/^```/ { inside = /^```python$/; count += inside; next } inside && '"$1" "$sdk/README.md"
}
blocks 'count == 1' >first_conversion.py
cmp first_conversion.py "$sdk/examples/first_conversion.py"
# The other blocks use the client and what the beginning of this program makes.
cat >others.py <<'END'
from s2s_sdk import Client, Money

client = Client()
code_id = client.conversion_codes.create(name="Other", default_currency="EUR").conversion_code.id
destination = "https://shop.example/?s1=[s2sidentifier]"
link = client.tracking_links.create(destination=destination, conversion_code_ids=[code_id]).tracking_link
click_id = client.clicks.record(tracking_link_id=link.id).click.id
value = Money("19.99", "EUR")
secret = client.conversion_codes.rotate_postback_secret(conversion_code_id=code_id).secret
url = f"https://t.example/s2s?clickId={click_id}"
END
blocks 'count > 1' >>others.py
for extra in "" "[types]"; do
    venv/bin/pip install --quiet --constraint "$sdk/requirements.txt" "$wheel$extra"
    "$sdk/.venv/bin/mypy" --no-error-summary --strict --python-executable venv/bin/python first_conversion.py
    "$sdk/.venv/bin/mypy" --strict --python-executable venv/bin/python mistake.py >mistakes && exit 1
    grep -q 'No overload variant of "record"' mistakes
done
# The README's commands, with the folder of the package and the key.
awk '/^```/ { inside = /^```sh$/; next } inside' "$sdk/README.md" |
    sed -e "s#…/sdk/python#$sdk#" -e "s#S2S_API_KEY=s2s_… #S2S_API_KEY=\$S2S_JOURNEY_KEY #" -e "s#^python3 #\$PYTHON #" >commands.sh
PIP_QUIET=1 PIP_CONSTRAINT=$sdk/requirements.txt S2S_ENDPOINT=$S2S_JOURNEY_URL sh -eu commands.sh | tee printed
grep -q 'value 19.99 EUR, commission 2.50 EUR$' printed
test "$(wc -l <printed)" = 2
# The first sale counts as it is recorded, later ones of its click and code are repetitions, and its list has it once.
S2S_API_KEY=$S2S_JOURNEY_KEY S2S_ENDPOINT=$S2S_JOURNEY_URL venv/bin/python others.py | tee printed
grep -q '^counted conv_' printed
