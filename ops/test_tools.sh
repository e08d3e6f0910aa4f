#!/bin/sh
# Makes sure that the programs of the tests are there: as root by apt, else by saying how.
# Usage: sh ops/test_tools.sh [PACKAGE…], each of which brings a command of its own name.
# Each line of `needed` is a Debian package and the command that shows that it is there.

needed='at-spi2-core|ls /usr/libexec/at-spi-bus-launcher
chromium|command -v chromium
chromium-driver|command -v chromedriver
curl|command -v curl
dbus-daemon|command -v dbus-daemon
default-jre-headless|java --version && test "$(java --version | sed -n "1s/[^0-9]*\([0-9]*\).*/\1/p")" -ge 17
docker-compose|command -v docker-compose
firefox-esr|command -v firefox-esr
fonts-noto-color-emoji|ls /usr/share/fonts/truetype/noto/NotoColorEmoji.ttf || fc-list | grep -i emoji
git|command -v git
iproute2|command -v ip
libreoffice-calc-nogui|command -v soffice
maven|command -v mvn
nodejs|command -v node
npm|command -v npm
python3-venv|sh ops/find_python.sh "$PYTHON"
webkit2gtk-driver|command -v WebKitWebDriver && ls /usr/lib/*/webkit2gtk-4.1/MiniBrowser
xvfb|command -v Xvfb'

for package in "$@"; do
    needed="$needed
$package|command -v $package"
done

# Unpacked and not installed: Debian's packages would serve sites of their own on port 80 at once and
# after each start of the machine. tests/proxy looks here, too.
unpack_proxies() {
    echo "Unpacking nginx and Caddy into .nginx (once; nothing is installed)…"
    part=$(mktemp -d .nginx.part.XXXXXX) && (cd "$part" && apt-get -o APT::Sandbox::User=root download -qq nginx caddy &&
        for deb in *.deb; do dpkg -x "$deb" . || exit 1; done && rm ./*.deb) && rm -rf .nginx &&
        mv -T "$part" .nginx || { rm -rf "$part"; return 1; }
}

has_nginx() {
    test -x .nginx/usr/sbin/nginx || test -x /usr/sbin/nginx || command -v nginx >/dev/null
}

has_caddy() {
    test -x .nginx/usr/bin/caddy || command -v caddy >/dev/null
}

missing=$(printf '%s\n' "$needed" | while IFS='|' read -r package check; do
    sh -c "$check" >/dev/null 2>&1 || printf '%s ' "$package"
done)
[ -z "$missing" ] && has_nginx && has_caddy && exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    has_nginx || missing="$missing nginx"
    has_caddy || missing="$missing caddy"
    echo "The tests need more programs. As root: apt-get update && apt-get install -y $missing" >&2
    exit 2
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
if [ -n "$missing" ]; then
    echo "Installing what the tests need: $missing"
    apt-get install -y -qq --no-install-recommends $missing >/dev/null || exit 1
fi
has_nginx && has_caddy || unpack_proxies
