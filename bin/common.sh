# Shared by bin/run, bin/hotline and bin/test: a virtual environment that holds what the requirements say, and
# the front-end files the package lock says. Both are marked with a hash, so that a second start does nothing.
# Not to be run by itself.

called_from=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
case ${HOTLINE_VAR:-} in
    "") export HOTLINE_VAR=$PWD/var ;;
    /*) ;;
    *) export HOTLINE_VAR=$called_from/$HOTLINE_VAR ;;
esac
export PYTHONPATH=$PWD PYTHONUTF8=1 PYTHONUNBUFFERED=1

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

hash_of() { cat "$@" | sha256sum | cut -c1-16; }

newest_python() {
    local name
    for name in "${PYTHON:-}" python3.13 python3.12 python3.11 python3 python; do
        [ -n "$name" ] && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
            && { command -v "$name"; return; }
    done
    die "Python 3.11 or newer is needed and was not found on PATH. Install it, or name it: PYTHON=/path/to/python3 $0"
}

# One process installs at a time; the others wait and find it done.
alone() {
    if command -v flock >/dev/null; then
        exec 9>>.install.lock
        flock 9
    fi
}
done_alone() { exec 9>&-; }

installed() { # requirements file…
    local file
    .venv/bin/python -c '' 2>/dev/null || return 1
    for file in "$@"; do [ -e ".venv/.$file-$(hash_of "$file")" ] || return 1; done
}

make_venv() { # requirements file…
    installed "$@" && return
    alone
    if ! installed "$@"; then
        if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
            say "Making the virtual environment .venv …"
            "$(newest_python)" -m venv .venv \
                || die "python3 -m venv failed; on Debian and Ubuntu: apt-get install python3-venv"
        fi
        say "Installing Python packages (only when the requirements have changed) …"
        # shellcheck disable=SC2046 # one -r for each file
        .venv/bin/python -m pip install --quiet --disable-pip-version-check $(printf -- '-r %s ' "$@") \
            || die "pip could not install the requirements (see above)"
        for file in "$@"; do
            rm -f ".venv/.$file-"*
            touch ".venv/.$file-$(hash_of "$file")"
        done
    fi
    done_alone
}

make_assets() {
    local target=hotline/static/vendor stamp
    stamp=$target/.built-$(hash_of package-lock.json bin/assets)
    [ -e "$stamp" ] && return
    alone
    if ! [ -e "$stamp" ]; then
        bin/assets "$target" || die "The front-end packages could not be installed (see above)"
        touch "$stamp"
    fi
    done_alone
}
