#!/bin/sh
# bwrap as a person without rights would start it. /root, in which Python may lie, is opened up in a mount namespace that
# nobody else sees; the uid is nobody else's, since limits on processes count per uid.
exec unshare --mount sh -c '
mount -t tmpfs tmpfs /mnt && mkdir /mnt/upper /mnt/work &&
mount -t overlay overlay -o lowerdir=/root,upperdir=/mnt/upper,workdir=/mnt/work /root && chmod 755 /root &&
exec setpriv --reuid=64900 --regid=64900 --clear-groups bwrap "$@"' sh "$@"
