# unlink.sh PLACE WORK: removes a working folder.
cd -- "$1" && exec rm -rf -- "work/$2"
