# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Finds or installs the programs that .ci/run needs. Sourced by .ci/run, which sets work, a temporary folder.
# shellcheck disable=SC2154

# Runs a command as root.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# Installs packages, with a fresh package list the first time.
install_packages() {
    command -v apt-get >/dev/null || {
        echo "not installed, and apt-get is not available: $*" >&2
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

# need COMMAND PACKAGE...: installs the packages if the command is missing.
need() {
    local command=$1
    shift
    command -v "$command" >/dev/null || install_packages "$@"
    command -v "$command" >/dev/null || {
        echo "$command is missing after installing $*" >&2
        return 1
    }
}

# Prints the major version of the JDK in a folder, or nothing without a JDK.
jdk_major() {
    [ -x "$1/bin/javac" ] && sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null
}

# Prints the home of a JDK 25 or newer. Searches the same places as the toolchains plugin.
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

# Sets JAVA25_HOME, which the toolchains plugin reads too. May fail: Debian 12 has no package of JDK 25.
need_jdk25() {
    local package home
    if ! home=$(find_jdk25); then
        for package in openjdk-25-jdk-headless temurin-25-jdk; do
            if install_packages "$package" 2>/dev/null; then break; fi
        done
        home=$(find_jdk25) || {
            echo "no JDK 25 or newer found: install one under /usr/lib/jvm, or set JAVA25_HOME" >&2
            return 1
        }
    fi
    export JAVA25_HOME=$home
}

# Sets promtool: the installed one, or one unpacked from Debian's package. Installing that would start a service.
find_promtool() {
    if promtool=$(command -v promtool); then return; fi
    command -v apt-get >/dev/null && refresh_package_list &&
        (cd "$work" && apt-get download -qq prometheus && dpkg-deb -x prometheus_*.deb prometheus) || return 1
    promtool=$work/prometheus/usr/bin/promtool
    [ -x "$promtool" ]
}

# Provides a python3 that can create virtual environments; on Debian that is a separate package.
need_python() {
    need python3 python3
    python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages python3-venv
    python3 -c 'import ensurepip, sys, venv; assert sys.version_info >= (3, 11)' || {
        echo "no Python 3.11 or newer with venv found" >&2
        return 1
    }
}

# Provides compose, as a plugin of the Docker client or as a separate program.
need_compose() {
    if docker compose version >/dev/null 2>&1; then return; fi
    need docker-compose docker-compose
}

docker_is_running() {
    docker info >/dev/null 2>&1
}

# Provides a Docker engine: the running one, or one that this run starts.
need_docker() {
    if command -v docker >/dev/null && docker_is_running; then return; fi
    # Some distributions package the client and the engine separately.
    need dockerd docker.io
    need docker docker-cli
    need iptables iptables
    if [ -d /run/systemd/system ]; then
        as_root systemctl start docker
    else
        start_dockerd
    fi
}

# Starts a Docker engine for this run only.
start_dockerd() {
    local log=$work/dockerd.log limit=$((SECONDS + 60))
    # Without an init system, the control groups are not mounted.
    if ! mountpoint -q /sys/fs/cgroup; then
        need cgroupfs-mount cgroupfs-mount
        as_root cgroupfs-mount
    fi
    as_root dockerd --group "$(id -gn)" --pidfile "$work/dockerd.pid" >"$log" 2>&1 &
    until docker_is_running; do
        if ! kill -0 $! 2>/dev/null || [ $SECONDS -ge $limit ]; then
            echo "the Docker engine did not start. Its last log lines:" >&2
            tail -n 20 "$log" >&2
            return 1
        fi
        sleep 0.5
    done
}

# Stops the engine of start_dockerd, if it was started.
stop_dockerd() {
    local pid limit=$((SECONDS + 30))
    pid=$(cat "$work/dockerd.pid" 2>/dev/null) || return 0
    as_root kill "$pid" 2>/dev/null || return 0
    while as_root kill -0 "$pid" 2>/dev/null && [ $SECONDS -lt $limit ]; do sleep 0.2; done
}
