# SPDX-License-Identifier: BSD-3-Clause
# Sourced by the suites that need a fresh Debian: a minimal one, from where this machine has its own.

# The address of the machine's Debian mirror, without asking it.
base_mirror() { # SUITE
  apt-get indextargets --format '$(SITE)' "Codename: $1" 'Component: main' 'Created-By: Packages' | head -n 1
}

base_make() { # FOLDER: what the image debian:bookworm-slim holds, nearly
  local mirror
  mirror=$(base_mirror bookworm)
  [ -n "$mirror" ] || { echo "this machine has no source of bookworm's packages" >&2; return 1; }
  debootstrap --variant=minbase bookworm "$1" "$mirror" >"$1.log" 2>&1 || { tail -n 20 "$1.log" >&2; return 1; }
  rm -rf "$1"/var/cache/apt/archives/*.deb "$1"/var/lib/apt/lists/* "$1"/usr/share/doc/* "$1"/usr/share/man/* \
    "$1"/usr/share/locale/* "$1"/var/log/*.log
}
