#!/bin/sh
# without-network.sh FILE COMMAND...: runs a command in a network namespace of its own, where there is nothing but the loopback and one
# interface that leads nowhere and has the default route. What the command sends to it goes to nobody and is counted: the number of
# packets is written to FILE. Needs util-linux and iproute2, and a user who may make such a namespace.
set -eu
if [ "${LESION_LAB_IN_NAMESPACE:-}" != 1 ]; then
  LESION_LAB_IN_NAMESPACE=1 exec unshare --net -- "$0" "$@"
fi
unset LESION_LAB_IN_NAMESPACE
packets=$1
shift
ip link set lo up
ip link add out0 type veth peer name out1
# without addresses of IPv6, of which the system itself would tell others
ip link set out0 addrgenmode none
ip link set out1 addrgenmode none
ip address add 192.0.2.1/24 dev out0
ip link set out0 up
ip link set out1 up
ip route add default via 192.0.2.2
sent() { awk '$1 == "out0:" { print $11 }' /proc/net/dev; }
before=$(sent)
status=0
"$@" || status=$?
echo $(($(sent) - before)) >"$packets"
exit "$status"
