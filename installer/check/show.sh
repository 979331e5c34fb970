# The installed demo show, from the studio through the server, with what the package depends on and nothing else.
. /packages/common.sh
checked "$(anchor-studio check /usr/share/anchor-studio/demo/show.toml)"
serve
cp -r /usr/share/anchor-studio/demo /home/seller/demo
runuser -u anchor-server -- anchor-server key add demo --data /var/lib/anchor-server >/home/seller/demo/demo.key
chown -R seller: /home/seller/demo
cd /home/seller/demo
# In place, so that a signal reaches the studio itself.
HOME=/home/seller setpriv --reuid seller --regid seller --init-groups \
    anchor-studio run show.toml --report /home/seller/report.json </dev/null &
studio=$!
flv() { test "$(get /live/demo.flv 200000 2>/dev/null | wc -c)" -ge 200000; }
until_true 60 "the demo show comes out of the server" flv
kill -TERM "$studio"
wait "$studio"
test -s /home/seller/report.json
checked "the demo show came through the server and ended with a report"
# The key is told to the server alone.
if grep -r "$(cat demo.key)" /home/seller/report.json /tmp/server.log; then
    exit 1
fi
