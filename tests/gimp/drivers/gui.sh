#!/bin/bash
# Runs in the tree with GIMP: the real menu, dialog, result, undo, repeat, cancel and error dialog.
# Everything dies with the process namespace. Screenshots go to /t; its last line says that all went
# well.
set -eu
cd /t
export DISPLAY=:77
settings=home/.config/GIMP/3.0
runtime=$settings/plug-ins/photochrom_gimp/runtime.json
version=$(gimp-console-3.0 --version | grep -o '[0-9.]*$')
printf '(show-welcome-dialog no)\n(check-updates no)\n(config-version "%s")\n' "$version" >$settings/gimprc

fail() { echo "$1"; wmctrl -l; import -window root failed.png; exit 1; }
# Waits for a command to succeed, for minutes: the machine may be busy.
await() {
    for _ in $(seq 600); do if "$@" >/dev/null 2>&1; then return; fi; sleep .2; done
    fail "waited in vain: $*"
}
titled() { wmctrl -l | grep -q "$1"; }
untitled() { ! titled "$1"; }
running() { pgrep -f "$1"; }
ended() { ! pgrep -f "$1"; }
# Whether a window shows colours: the mean saturation of its pixels.
colored() {
    import -window "$1" colored.png
    convert colored.png -colorspace HSL -channel g -separate -format '%[fx:mean > 0.02 ? 1 : 0]' info: | grep -q 1
}
shot() { sleep .5; import -window root "$1.png"; }
choose() { wmctrl -a "$1"; sleep .5; }

mkdir -p /tmp/.X11-unix
Xvfb :77 -screen 0 1280x860x24 -nolisten tcp >xvfb.log 2>&1 &
await test -S /tmp/.X11-unix/X77
openbox >openbox.log 2>&1 &
gimp-3.0 --no-splash --new-instance photo.png >gimp.log 2>&1 &
await titled '\[photo\].*Grayscale.*1 layer'
sleep 1
wmctrl -r '[photo]' -b add,maximized_vert,maximized_horz
sleep 1

# Filters > Colorize...
choose '[photo]'
xdotool key alt+r
sleep 1
xdotool key End
shot menu
xdotool key Return
await titled ' Colorize$'
await colored Colorize
shot dialog
choose Colorize
xdotool key Return
await titled 'RGB.*2 layers'
await ended photochrom.worker
shot result

# one step of undo; Ctrl+F without a dialog
choose '[photo]'
xdotool key ctrl+z
await titled 'Grayscale.*1 layer'
xdotool key ctrl+f
await titled 'RGB.*2 layers'
xdotool key ctrl+z
await titled 'Grayscale.*1 layer'

# Cancel, while the worker works
cp $runtime kept.json
cp slow.json $runtime
xdotool key ctrl+f
await running fake_worker
sleep 2
shot progress
xdotool mousemove 1000 842 click 1 # its button in the status line
await ended fake_worker
await ended photochrom_gimp.py
titled 'Grayscale.*1 layer' || fail 'a cancelled run changed the picture'

# an error is a dialog of GIMP's with reason and remedy
echo '{' >$runtime
choose '[photo]'
xdotool key ctrl+f
await titled 'GIMP Message'
shot error
cp kept.json $runtime
echo GUI-DONE
