<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
<context>
    <name>Adjust</name>
    <message>
        <source>Strength</source>
        <translation>Intensidad</translation>
    </message>
    <message>
        <source>Saturation</source>
        <translation>Saturación</translation>
    </message>
    <message>
        <source>Warmth</source>
        <translation>Calidez</translation>
    </message>
    <message>
        <source>Caution</source>
        <translation>Cautela</translation>
    </message>
    <message>
        <source>none</source>
        <translation>ninguna</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Colores</translation>
    </message>
    <message>
        <source>Less colour where the model is unsure</source>
        <translation>Menos color donde el modelo duda</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automático</translation>
    </message>
    <message>
        <source>Detail</source>
        <translation>Detalle</translation>
    </message>
    <message>
        <source>How closely large pictures are looked at again, in tiles</source>
        <translation>Con cuánto detalle se miran de nuevo, por teselas, las imágenes grandes</translation>
    </message>
    <message>
        <source>Other colours</source>
        <translation>Otros colores</translation>
    </message>
    <message>
        <source>Show where the model is unsure</source>
        <translation>Mostrar dónde duda el modelo</translation>
    </message>
    <message>
        <source>Choose among variants…</source>
        <translation>Elegir entre variantes…</translation>
    </message>
    <message>
        <source>Reference picture…</source>
        <translation>Imagen de referencia…</translation>
    </message>
    <message>
        <source>Colours of a picture that shows some of the same; it can be dropped here too</source>
        <translation>Colores de una imagen que muestra algo parecido; también se puede soltar aquí</translation>
    </message>
    <message>
        <source>No reference</source>
        <translation>Sin referencia</translation>
    </message>
    <message>
        <source>Restoration</source>
        <translation>Restauración</translation>
    </message>
    <message>
        <source>What the scan surely needs</source>
        <translation>Lo que el escaneo necesita con seguridad</translation>
    </message>
    <message>
        <source>Dust and scratches</source>
        <translation>Polvo y arañazos</translation>
    </message>
    <message>
        <source>Negative</source>
        <translation>Negativo</translation>
    </message>
    <message>
        <source>Tone of old paper</source>
        <translation>Tono del papel viejo</translation>
    </message>
    <message>
        <source>Fading</source>
        <translation>Desvanecimiento</translation>
    </message>
    <message>
        <source>Local contrast</source>
        <translation>Contraste local</translation>
    </message>
    <message>
        <source>Grain</source>
        <translation>Grano</translation>
    </message>
    <message>
        <source>Negative film</source>
        <translation>Película negativa</translation>
    </message>
    <message>
        <source>Film: by itself</source>
        <translation>Película: automática</translation>
    </message>
    <message>
        <source>Film: black and white</source>
        <translation>Película: blanco y negro</translation>
    </message>
    <message>
        <source>Film: colour</source>
        <translation>Película: color</translation>
    </message>
    <message>
        <source>Show what is repaired</source>
        <translation>Mostrar lo que se repara</translation>
    </message>
    <message>
        <source>Mark more with the tools Damaged (H) and Sound (G)</source>
        <translation>Marcar más con las herramientas Daño (H) y Sano (G)</translation>
    </message>
</context>
<context>
    <name>Brushes</name>
    <message>
        <source>Another colour…</source>
        <translation>Otro color…</translation>
    </message>
    <message>
        <source>Neutral: no colour here</source>
        <translation>Neutro: aquí sin color</translation>
    </message>
    <message>
        <source>Brush size</source>
        <translation>Tamaño del pincel</translation>
    </message>
    <message>
        <source>Brush colours</source>
        <translation>Colores del pincel</translation>
    </message>
    <message>
        <source>Skin</source>
        <translation>Piel</translation>
    </message>
    <message>
        <source>Sky</source>
        <translation>Cielo</translation>
    </message>
    <message>
        <source>Foliage</source>
        <translation>Follaje</translation>
    </message>
    <message>
        <source>Wood</source>
        <translation>Madera</translation>
    </message>
    <message>
        <source>Cloth</source>
        <translation>Tela</translation>
    </message>
</context>
<context>
    <name>Canvas</name>
    <message>
        <source>Picture</source>
        <translation>Imagen</translation>
    </message>
    <message>
        <source>The picture, before and after colouring</source>
        <translation>La imagen antes y después de colorear</translation>
    </message>
</context>
<context>
    <name>Desk</name>
    <message>
        <source>The part that colours has ended; nothing you did is lost.</source>
        <translation>La parte que colorea ha terminado; no se ha perdido nada de su trabajo.</translation>
    </message>
</context>
<context>
    <name>Filmstrip</name>
    <message>
        <source>Search by name</source>
        <translation>Buscar por nombre</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Búsqueda</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Imágenes</translation>
    </message>
</context>
<context>
    <name>Frame</name>
    <message>
        <source>&amp;Recent</source>
        <translation>&amp;Recientes</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Archivo</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Editar</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ver</translation>
    </message>
    <message>
        <source>Fi&amp;lm</source>
        <translation>Pe&amp;lícula</translation>
    </message>
    <message>
        <source>&amp;Tools</source>
        <translation>&amp;Herramientas</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>A&amp;yuda</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Herramientas</translation>
    </message>
    <message>
        <source>Drop photographs, scans or folders here
or press Ctrl+O</source>
        <translation>Suelte aquí fotos, escaneos o carpetas
o pulse Ctrl+O</translation>
    </message>
    <message>
        <source>Adjust</source>
        <translation>Ajustar</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>Pincel</translation>
    </message>
    <message>
        <source>Correct</source>
        <translation>Corregir</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Imágenes</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportar</translation>
    </message>
    <message>
        <source>Work on this picture</source>
        <translation>Trabajo en esta imagen</translation>
    </message>
    <message>
        <source>loading the model…</source>
        <translation>cargando el modelo…</translation>
    </message>
</context>
<context>
    <name>Keys</name>
    <message>
        <source>Keys</source>
        <translation>Teclas</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>Acción</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Tecla</translation>
    </message>
</context>
<context>
    <name>Line</name>
    <message>
        <source>Frame</source>
        <translation>Fotograma</translation>
    </message>
</context>
<context>
    <name>Notice</name>
    <message>
        <source>Copy details</source>
        <translation>Copiar detalles</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
</context>
<context>
    <name>Plan</name>
    <message>
        <source>Export of the film</source>
        <translation>Exportación de la película</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportar</translation>
    </message>
</context>
<context>
    <name>Presets</name>
    <message>
        <source>Beside the source</source>
        <translation>Junto al original</translation>
    </message>
    <message>
        <source>As the source</source>
        <translation>Como el original</translation>
    </message>
    <message>
        <source>8 bits</source>
        <translation>8 bits</translation>
    </message>
    <message>
        <source>16 bits</source>
        <translation>16 bits</translation>
    </message>
    <message>
        <source>Kind of file</source>
        <translation>Tipo de archivo</translation>
    </message>
    <message>
        <source>Depth</source>
        <translation>Profundidad</translation>
    </message>
    <message>
        <source>Colour profile</source>
        <translation>Perfil de color</translation>
    </message>
    <message>
        <source>Films</source>
        <translation>Películas</translation>
    </message>
    <message>
        <source> pixels</source>
        <translation> píxeles</translation>
    </message>
    <message>
        <source>Long side</source>
        <translation>Lado largo</translation>
    </message>
    <message>
        <source>Name pattern</source>
        <translation>Patrón de nombre</translation>
    </message>
    <message>
        <source>The file&apos;s name; {name} is the source&apos;s</source>
        <translation>Nombre del archivo; {name} es el del original</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Carpeta</translation>
    </message>
    <message>
        <source>Say that a model coloured it</source>
        <translation>Indicar que lo coloreó un modelo</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>Ajuste</translation>
    </message>
    <message>
        <source>Keep as…</source>
        <translation>Guardar como…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Quitar</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportar</translation>
    </message>
    <message>
        <source>%1 × %2 pixels, %3 bits</source>
        <translation>%1 × %2 píxeles, %3 bits</translation>
    </message>
    <message>
        <source>For the web</source>
        <translation>Para la web</translation>
    </message>
    <message>
        <source>Archive, 16 bits</source>
        <translation>Archivo, 16 bits</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nombre</translation>
    </message>
    <message>
        <source>Folder for exports</source>
        <translation>Carpeta para exportar</translation>
    </message>
</context>
<context>
    <name>QueuePanel</name>
    <message>
        <source>Picture</source>
        <translation>Imagen</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Archivo</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Estado</translation>
    </message>
    <message>
        <source>Exports</source>
        <translation>Exportaciones</translation>
    </message>
    <message>
        <source>Progress of all</source>
        <translation>Progreso total</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pausa</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>Reintentar</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Vaciar</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>en espera</translation>
    </message>
    <message>
        <source>done</source>
        <translation>hecho</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fallido</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>cancelado</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>en pausa</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>quedan %1</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Previous shot</source>
        <translation>Plano anterior</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Reproducir</translation>
    </message>
    <message>
        <source>Next shot</source>
        <translation>Plano siguiente</translation>
    </message>
    <message>
        <source>%1 of %2 · shot %3 of %4 · silent</source>
        <translation>%1 de %2 · plano %3 de %4 · sin sonido</translation>
    </message>
    <message>
        <source>%1 % speed</source>
        <translation>%1 % de velocidad</translation>
    </message>
    <message>
        <source>Frame %1. Films play without sound here; an export keeps it.</source>
        <translation>Fotograma %1. Aquí las películas se ven sin sonido; al exportar se conserva.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Detener</translation>
    </message>
</context>
<context>
    <name>Variants</name>
    <message>
        <source>Variants</source>
        <translation>Variantes</translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>&amp;Open…</source>
        <translation>&amp;Abrir…</translation>
    </message>
    <message>
        <source>Open &amp;folder…</source>
        <translation>Abrir &amp;carpeta…</translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation>&amp;Pegar</translation>
    </message>
    <message>
        <source>&amp;Export</source>
        <translation>&amp;Exportar</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Salir</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Deshacer</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Rehacer</translation>
    </message>
    <message>
        <source>Take &amp;everything back</source>
        <translation>Quitar &amp;todo</translation>
    </message>
    <message>
        <source>Same &amp;settings for marked pictures</source>
        <translation>Mismos &amp;ajustes para las imágenes marcadas</translation>
    </message>
    <message>
        <source>&amp;Whole picture</source>
        <translation>&amp;Imagen entera</translation>
    </message>
    <message>
        <source>&amp;Picture&apos;s own pixels</source>
        <translation>&amp;Píxeles propios de la imagen</translation>
    </message>
    <message>
        <source>&amp;Closer</source>
        <translation>A&amp;cercar</translation>
    </message>
    <message>
        <source>&amp;Farther</source>
        <translation>A&amp;lejar</translation>
    </message>
    <message>
        <source>&amp;After</source>
        <translation>&amp;Después</translation>
    </message>
    <message>
        <source>&amp;Before</source>
        <translation>A&amp;ntes</translation>
    </message>
    <message>
        <source>&amp;Divided</source>
        <translation>D&amp;ividida</translation>
    </message>
    <message>
        <source>&amp;Side by side</source>
        <translation>&amp;Lado a lado</translation>
    </message>
    <message>
        <source>&amp;Next picture</source>
        <translation>Im&amp;agen siguiente</translation>
    </message>
    <message>
        <source>Pre&amp;vious picture</source>
        <translation>Imagen a&amp;nterior</translation>
    </message>
    <message>
        <source>&amp;Move</source>
        <translation>&amp;Mover</translation>
    </message>
    <message>
        <source>&amp;Brush</source>
        <translation>&amp;Pincel</translation>
    </message>
    <message>
        <source>&amp;Eraser</source>
        <translation>&amp;Borrador</translation>
    </message>
    <message>
        <source>&amp;Pick a colour</source>
        <translation>&amp;Tomar un color</translation>
    </message>
    <message>
        <source>Mark &amp;damage</source>
        <translation>Marcar &amp;daños</translation>
    </message>
    <message>
        <source>Mark &amp;sound places</source>
        <translation>Marcar lo &amp;sano</translation>
    </message>
    <message>
        <source>&amp;Neutral brush</source>
        <translation>Pincel &amp;neutro</translation>
    </message>
    <message>
        <source>Smaller brush</source>
        <translation>Pincel más pequeño</translation>
    </message>
    <message>
        <source>Larger brush</source>
        <translation>Pincel más grande</translation>
    </message>
    <message>
        <source>&amp;Play, stop</source>
        <translation>&amp;Reproducir, detener</translation>
    </message>
    <message>
        <source>&amp;One frame on</source>
        <translation>&amp;Un fotograma adelante</translation>
    </message>
    <message>
        <source>One frame &amp;back</source>
        <translation>Un fotograma &amp;atrás</translation>
    </message>
    <message>
        <source>&amp;Next shot</source>
        <translation>Plano &amp;siguiente</translation>
    </message>
    <message>
        <source>Pre&amp;vious shot</source>
        <translation>Plano a&amp;nterior</translation>
    </message>
    <message>
        <source>&amp;Dark or light</source>
        <translation>&amp;Oscuro o claro</translation>
    </message>
    <message>
        <source>&amp;Keys</source>
        <translation>&amp;Teclas</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Abrir</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Abrir carpeta</translation>
    </message>
    <message>
        <source>Reference picture</source>
        <translation>Imagen de referencia</translation>
    </message>
    <message>
        <source>Show the original as long as it is held</source>
        <translation>Mostrar el original mientras se mantiene</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Espacio</translation>
    </message>
    <message>
        <source>Closer, farther</source>
        <translation>Acercar, alejar</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>Rueda</translation>
    </message>
    <message>
        <source>Size of the brush</source>
        <translation>Tamaño del pincel</translation>
    </message>
    <message>
        <source>Ctrl+Wheel</source>
        <translation>Ctrl+rueda</translation>
    </message>
    <message>
        <source>Move the picture</source>
        <translation>Mover la imagen</translation>
    </message>
    <message>
        <source>Middle button, arrows</source>
        <translation>Botón central, flechas</translation>
    </message>
    <message>
        <source>Move the divider</source>
        <translation>Mover el divisor</translation>
    </message>
    <message>
        <source>Shift+Arrows</source>
        <translation>Mayús+Flechas</translation>
    </message>
    <message>
        <source>Use the tool in the middle of the view</source>
        <translation>Usar la herramienta en el centro de la vista</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Intro</translation>
    </message>
</context>
</TS>
