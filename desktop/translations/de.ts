<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>Adjust</name>
    <message>
        <source>Strength</source>
        <translation>Stärke</translation>
    </message>
    <message>
        <source>Saturation</source>
        <translation>Sättigung</translation>
    </message>
    <message>
        <source>Warmth</source>
        <translation>Wärme</translation>
    </message>
    <message>
        <source>Caution</source>
        <translation>Vorsicht</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Less colour where the model is unsure</source>
        <translation>Weniger Farbe, wo das Modell unsicher ist</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatisch</translation>
    </message>
    <message>
        <source>Detail</source>
        <translation>Details</translation>
    </message>
    <message>
        <source>How closely large pictures are looked at again, in tiles</source>
        <translation>Wie genau große Bilder in Kacheln noch einmal betrachtet werden</translation>
    </message>
    <message>
        <source>Other colours</source>
        <translation>Andere Farben</translation>
    </message>
    <message>
        <source>Show where the model is unsure</source>
        <translation>Zeigen, wo das Modell unsicher ist</translation>
    </message>
    <message>
        <source>Choose among variants…</source>
        <translation>Aus Varianten wählen …</translation>
    </message>
    <message>
        <source>Reference picture…</source>
        <translation>Vorlage …</translation>
    </message>
    <message>
        <source>Colours of a picture that shows some of the same; it can be dropped here too</source>
        <translation>Farben eines Bildes, das Ähnliches zeigt; es kann auch hier abgelegt werden</translation>
    </message>
    <message>
        <source>No reference</source>
        <translation>Keine Vorlage</translation>
    </message>
    <message>
        <source>Restoration</source>
        <translation>Restaurierung</translation>
    </message>
    <message>
        <source>What the scan surely needs</source>
        <translation>Was der Scan sicher braucht</translation>
    </message>
    <message>
        <source>Dust and scratches</source>
        <translation>Staub und Kratzer</translation>
    </message>
    <message>
        <source>Negative</source>
        <translation>Negativ</translation>
    </message>
    <message>
        <source>Tone of old paper</source>
        <translation>Ton alten Papiers</translation>
    </message>
    <message>
        <source>Fading</source>
        <translation>Verblassung</translation>
    </message>
    <message>
        <source>Local contrast</source>
        <translation>Lokaler Kontrast</translation>
    </message>
    <message>
        <source>Grain</source>
        <translation>Korn</translation>
    </message>
    <message>
        <source>Negative film</source>
        <translation>Negativfilm</translation>
    </message>
    <message>
        <source>Film: by itself</source>
        <translation>Film: von selbst</translation>
    </message>
    <message>
        <source>Film: black and white</source>
        <translation>Film: schwarzweiß</translation>
    </message>
    <message>
        <source>Film: colour</source>
        <translation>Film: Farbe</translation>
    </message>
    <message>
        <source>Show what is repaired</source>
        <translation>Zeigen, was ausgebessert wird</translation>
    </message>
    <message>
        <source>Mark more with the tools Damaged (H) and Sound (G)</source>
        <translation>Mehr markieren mit den Werkzeugen Schaden (H) und Heil (G)</translation>
    </message>
</context>
<context>
    <name>Brushes</name>
    <message>
        <source>Another colour…</source>
        <translation>Andere Farbe …</translation>
    </message>
    <message>
        <source>Neutral: no colour here</source>
        <translation>Neutral: hier keine Farbe</translation>
    </message>
    <message>
        <source>Brush size</source>
        <translation>Pinselgröße</translation>
    </message>
    <message>
        <source>Brush colours</source>
        <translation>Pinselfarben</translation>
    </message>
    <message>
        <source>Skin</source>
        <translation>Haut</translation>
    </message>
    <message>
        <source>Sky</source>
        <translation>Himmel</translation>
    </message>
    <message>
        <source>Foliage</source>
        <translation>Laub</translation>
    </message>
    <message>
        <source>Wood</source>
        <translation>Holz</translation>
    </message>
    <message>
        <source>Cloth</source>
        <translation>Stoff</translation>
    </message>
</context>
<context>
    <name>Canvas</name>
    <message>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>The picture, before and after colouring</source>
        <translation>Das Bild vor und nach dem Kolorieren</translation>
    </message>
</context>
<context>
    <name>Desk</name>
    <message>
        <source>The part that colours has ended; nothing you did is lost.</source>
        <translation>Der Teil, der koloriert, wurde beendet; nichts von Ihrer Arbeit ist verloren.</translation>
    </message>
</context>
<context>
    <name>Filmstrip</name>
    <message>
        <source>Search by name</source>
        <translation>Nach Namen suchen</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suche</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Bilder</translation>
    </message>
</context>
<context>
    <name>Frame</name>
    <message>
        <source>&amp;Recent</source>
        <translation>&amp;Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>Fi&amp;lm</source>
        <translation>Fi&amp;lm</translation>
    </message>
    <message>
        <source>&amp;Tools</source>
        <translation>&amp;Werkzeuge</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Werkzeuge</translation>
    </message>
    <message>
        <source>Drop photographs, scans or folders here
or press Ctrl+O</source>
        <translation>Fotos, Scans oder Ordner hier ablegen
oder Strg+O drücken</translation>
    </message>
    <message>
        <source>Adjust</source>
        <translation>Anpassen</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>Pinsel</translation>
    </message>
    <message>
        <source>Correct</source>
        <translation>Korrigieren</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Ausgeben</translation>
    </message>
    <message>
        <source>Work on this picture</source>
        <translation>Arbeit an diesem Bild</translation>
    </message>
    <message>
        <source>loading the model…</source>
        <translation>Modell wird geladen …</translation>
    </message>
</context>
<context>
    <name>Keys</name>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>Aktion</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Taste</translation>
    </message>
</context>
<context>
    <name>Line</name>
    <message>
        <source>Frame</source>
        <translation>Bild</translation>
    </message>
</context>
<context>
    <name>Notice</name>
    <message>
        <source>Copy details</source>
        <translation>Einzelheiten kopieren</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>Plan</name>
    <message>
        <source>Export of the film</source>
        <translation>Ausgabe des Films</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Ausgeben</translation>
    </message>
</context>
<context>
    <name>Presets</name>
    <message>
        <source>Beside the source</source>
        <translation>Neben der Quelle</translation>
    </message>
    <message>
        <source>As the source</source>
        <translation>Wie die Quelle</translation>
    </message>
    <message>
        <source>8 bits</source>
        <translation>8 Bit</translation>
    </message>
    <message>
        <source>16 bits</source>
        <translation>16 Bit</translation>
    </message>
    <message>
        <source>Kind of file</source>
        <translation>Dateityp</translation>
    </message>
    <message>
        <source>Depth</source>
        <translation>Farbtiefe</translation>
    </message>
    <message>
        <source>Colour profile</source>
        <translation>Farbprofil</translation>
    </message>
    <message>
        <source>Films</source>
        <translation>Filme</translation>
    </message>
    <message>
        <source> pixels</source>
        <translation> Pixel</translation>
    </message>
    <message>
        <source>Long side</source>
        <translation>Lange Seite</translation>
    </message>
    <message>
        <source>Name pattern</source>
        <translation>Namensmuster</translation>
    </message>
    <message>
        <source>The file&apos;s name; {name} is the source&apos;s</source>
        <translation>Name der Datei; {name} ist der der Quelle</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Say that a model coloured it</source>
        <translation>Angeben, dass ein Modell koloriert hat</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>Vorgabe</translation>
    </message>
    <message>
        <source>Keep as…</source>
        <translation>Merken als…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Ausgeben</translation>
    </message>
    <message>
        <source>%1 × %2 pixels, %3 bits</source>
        <translation>%1 × %2 Pixel, %3 Bit</translation>
    </message>
    <message>
        <source>For the web</source>
        <translation>Für das Web</translation>
    </message>
    <message>
        <source>Archive, 16 bits</source>
        <translation>Archiv, 16 Bit</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Folder for exports</source>
        <translation>Ordner für Ausgaben</translation>
    </message>
</context>
<context>
    <name>QueuePanel</name>
    <message>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Exports</source>
        <translation>Ausgaben</translation>
    </message>
    <message>
        <source>Progress of all</source>
        <translation>Fortschritt insgesamt</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Previous shot</source>
        <translation>Vorige Einstellung</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Next shot</source>
        <translation>Nächste Einstellung</translation>
    </message>
    <message>
        <source>%1 of %2 · shot %3 of %4 · silent</source>
        <translation>%1 von %2 · Einstellung %3 von %4 · stumm</translation>
    </message>
    <message>
        <source>%1 % speed</source>
        <translation>%1 % Tempo</translation>
    </message>
    <message>
        <source>Frame %1. Films play without sound here; an export keeps it.</source>
        <translation>Bild %1. Filme laufen hier ohne Ton; die Ausgabe behält ihn.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
</context>
<context>
    <name>Variants</name>
    <message>
        <source>Variants</source>
        <translation>Varianten</translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>&amp;Open…</source>
        <translation>Ö&amp;ffnen …</translation>
    </message>
    <message>
        <source>Open &amp;folder…</source>
        <translation>&amp;Ordner öffnen …</translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation>&amp;Einfügen</translation>
    </message>
    <message>
        <source>&amp;Export</source>
        <translation>&amp;Ausgeben</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>Take &amp;everything back</source>
        <translation>&amp;Alles zurücknehmen</translation>
    </message>
    <message>
        <source>Same &amp;settings for marked pictures</source>
        <translation>&amp;Gleiche Einstellungen für markierte Bilder</translation>
    </message>
    <message>
        <source>&amp;Whole picture</source>
        <translation>&amp;Ganzes Bild</translation>
    </message>
    <message>
        <source>&amp;Picture&apos;s own pixels</source>
        <translation>Eigene &amp;Pixel des Bildes</translation>
    </message>
    <message>
        <source>&amp;Closer</source>
        <translation>&amp;Näher</translation>
    </message>
    <message>
        <source>&amp;Farther</source>
        <translation>&amp;Weiter weg</translation>
    </message>
    <message>
        <source>&amp;After</source>
        <translation>Na&amp;chher</translation>
    </message>
    <message>
        <source>&amp;Before</source>
        <translation>&amp;Vorher</translation>
    </message>
    <message>
        <source>&amp;Divided</source>
        <translation>Ge&amp;teilt</translation>
    </message>
    <message>
        <source>&amp;Side by side</source>
        <translation>Neben&amp;einander</translation>
    </message>
    <message>
        <source>&amp;Next picture</source>
        <translation>Nä&amp;chstes Bild</translation>
    </message>
    <message>
        <source>Pre&amp;vious picture</source>
        <translation>Vor&amp;heriges Bild</translation>
    </message>
    <message>
        <source>&amp;Move</source>
        <translation>&amp;Verschieben</translation>
    </message>
    <message>
        <source>&amp;Brush</source>
        <translation>&amp;Pinsel</translation>
    </message>
    <message>
        <source>&amp;Eraser</source>
        <translation>&amp;Radierer</translation>
    </message>
    <message>
        <source>&amp;Pick a colour</source>
        <translation>&amp;Farbe aufnehmen</translation>
    </message>
    <message>
        <source>Mark &amp;damage</source>
        <translation>&amp;Schaden markieren</translation>
    </message>
    <message>
        <source>Mark &amp;sound places</source>
        <translation>&amp;Heiles markieren</translation>
    </message>
    <message>
        <source>&amp;Neutral brush</source>
        <translation>&amp;Neutraler Pinsel</translation>
    </message>
    <message>
        <source>Smaller brush</source>
        <translation>Kleinerer Pinsel</translation>
    </message>
    <message>
        <source>Larger brush</source>
        <translation>Größerer Pinsel</translation>
    </message>
    <message>
        <source>&amp;Play, stop</source>
        <translation>&amp;Abspielen, anhalten</translation>
    </message>
    <message>
        <source>&amp;One frame on</source>
        <translation>Ein Bild &amp;weiter</translation>
    </message>
    <message>
        <source>One frame &amp;back</source>
        <translation>Ein Bild &amp;zurück</translation>
    </message>
    <message>
        <source>&amp;Next shot</source>
        <translation>&amp;Nächste Einstellung</translation>
    </message>
    <message>
        <source>Pre&amp;vious shot</source>
        <translation>&amp;Vorige Einstellung</translation>
    </message>
    <message>
        <source>&amp;Dark or light</source>
        <translation>&amp;Dunkel oder hell</translation>
    </message>
    <message>
        <source>&amp;Keys</source>
        <translation>&amp;Tasten</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>Reference picture</source>
        <translation>Vorlage</translation>
    </message>
    <message>
        <source>Show the original as long as it is held</source>
        <translation>Das Original zeigen, solange gedrückt</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Leertaste</translation>
    </message>
    <message>
        <source>Closer, farther</source>
        <translation>Näher, weiter weg</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>Mausrad</translation>
    </message>
    <message>
        <source>Size of the brush</source>
        <translation>Größe des Pinsels</translation>
    </message>
    <message>
        <source>Ctrl+Wheel</source>
        <translation>Strg+Mausrad</translation>
    </message>
    <message>
        <source>Move the picture</source>
        <translation>Das Bild verschieben</translation>
    </message>
    <message>
        <source>Middle button, arrows</source>
        <translation>Mittlere Taste, Pfeile</translation>
    </message>
    <message>
        <source>Move the divider</source>
        <translation>Trennlinie verschieben</translation>
    </message>
    <message>
        <source>Shift+Arrows</source>
        <translation>Umschalt+Pfeile</translation>
    </message>
    <message>
        <source>Use the tool in the middle of the view</source>
        <translation>Werkzeug in der Mitte der Ansicht anwenden</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Eingabe</translation>
    </message>
</context>
</TS>
