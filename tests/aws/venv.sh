# Sourced by the scripts beside it: `venv NAME` makes target/venv/NAME from requirements/NAME.txt, unless it is
# there and up to date, and prints its bin directory. Tools that want different versions of the same
# library get different environments.

venv() {
    local pins="tests/aws/requirements/$1.txt" home="target/venv/$1"
    # The copy of the pins is put there last: it says that everything before it went well.
    if ! cmp --silent "$pins" "$home/installed.txt"; then
        echo "installing $pins" >&2
        rm -rf "$home"
        python3 -m venv "$home"
        "$home/bin/pip" install --quiet --disable-pip-version-check --requirement "$pins" >&2
        cp "$pins" "$home/installed.txt"
    fi
    echo "$PWD/$home/bin"
}
