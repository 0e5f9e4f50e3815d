# shellcheck shell=bash
# What a checkout needs of the machine: found, or else installed. Sourced by .ci/run, which sets work, a folder for
# files of this run.
# shellcheck disable=SC2154

# Runs a command as root.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# Installs packages, with a fresh package list the first time.
install_packages() {
    command -v apt-get >/dev/null || {
        echo "missing here, and no apt-get to install them with: $*" >&2
        return 1
    }
    refresh_package_list
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

refresh_package_list() {
    if [ -z "${package_list_is_fresh:-}" ]; then
        as_root apt-get update -qq
        package_list_is_fresh=yes
    fi
}

# need COMMAND PACKAGE...: installs the packages if the command is not there.
need() {
    local command=$1
    shift
    command -v "$command" >/dev/null || install_packages "$@"
    command -v "$command" >/dev/null || {
        echo "no $command, though installed: $*" >&2
        return 1
    }
}

# Prints the major version of the JDK in a folder; nothing if there is none.
jdk_major() {
    [ -x "$1/bin/javac" ] && sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null
}

# Prints the home of a JDK 25 or newer, by the places the toolchains plugin looks in as well.
find_jdk25() {
    local home
    for home in "${JAVA_HOME:-}" "${JAVA_HOME_25_X64:-}" "${JAVA_HOME_25_ARM64:-}" "${JAVA25_HOME:-}" \
        /usr/lib/jvm/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*; do
        if [ "$(jdk_major "$home")" -ge 25 ] 2>/dev/null; then
            echo "$home"
            return
        fi
    done
    return 1
}

# Sets JAVA25_HOME, where the toolchains plugin looks too, wherever the JDK is. Debian 12 has no JDK
# 25 of its own, so this may have to give up.
need_jdk25() {
    local package home
    if ! home=$(find_jdk25); then
        for package in openjdk-25-jdk-headless temurin-25-jdk; do
            if install_packages "$package" 2>/dev/null; then break; fi
        done
        home=$(find_jdk25) || {
            echo "no JDK 25 or newer here, and no package of one: install one under /usr/lib/jvm, or name it in JAVA25_HOME" >&2
            return 1
        }
    fi
    export JAVA25_HOME=$home
}

# Sets promtool: the machine's, or the one in Debian's package, of which nothing is installed, for it starts a service.
find_promtool() {
    if promtool=$(command -v promtool); then return; fi
    command -v apt-get >/dev/null && refresh_package_list &&
        (cd "$work" && apt-get download -qq prometheus && dpkg-deb -x prometheus_*.deb prometheus) || return 1
    promtool=$work/prometheus/usr/bin/promtool
    [ -x "$promtool" ]
}

# Makes python3 one that can make virtual environments, which Debian has in a package of its own.
need_python() {
    need python3 python3
    python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages python3-venv
    python3 -c 'import ensurepip, sys, venv; assert sys.version_info >= (3, 11)' || {
        echo "no Python from 3.11 with venv here" >&2
        return 1
    }
}

# Compose, as a part of the Docker client or as a program of its own.
need_compose() {
    if docker compose version >/dev/null 2>&1; then return; fi
    need docker-compose docker-compose
}

docker_answers() {
    docker info >/dev/null 2>&1
}

# Makes a Docker engine answer: the one that runs, or one of our own.
need_docker() {
    if command -v docker >/dev/null && docker_answers; then return; fi
    # The client and the engine are two packages on some machines, so either may be missing.
    need dockerd docker.io
    need docker docker-cli
    need iptables iptables
    if [ -d /run/systemd/system ]; then
        as_root systemctl start docker
    else
        start_dockerd
    fi
}

# Starts an engine that ends with this run.
start_dockerd() {
    local log=$work/dockerd.log limit=$((SECONDS + 60))
    # Without an init system nobody has mounted the control groups.
    if ! mountpoint -q /sys/fs/cgroup; then
        need cgroupfs-mount cgroupfs-mount
        as_root cgroupfs-mount
    fi
    as_root dockerd --group "$(id -gn)" --pidfile "$work/dockerd.pid" >"$log" 2>&1 &
    until docker_answers; do
        if ! kill -0 $! 2>/dev/null || [ $SECONDS -ge $limit ]; then
            echo "the Docker engine did not start; its last lines:" >&2
            tail -n 20 "$log" >&2
            return 1
        fi
        sleep 0.5
    done
}

# Stops the engine that start_dockerd started; any other is left alone.
stop_dockerd() {
    local pid limit=$((SECONDS + 30))
    pid=$(cat "$work/dockerd.pid" 2>/dev/null) || return 0
    as_root kill "$pid" 2>/dev/null || return 0
    while as_root kill -0 "$pid" 2>/dev/null && [ $SECONDS -lt $limit ]; do sleep 0.2; done
}
