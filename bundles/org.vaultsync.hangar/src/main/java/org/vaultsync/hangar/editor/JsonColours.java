// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.editor;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.swt.custom.LineStyleEvent;
import org.eclipse.swt.custom.LineStyleListener;
import org.eclipse.swt.custom.StyleRange;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.graphics.Color;
import org.eclipse.swt.graphics.RGB;

/** Colours names, texts, numbers and words of JSON, on a light ground as on a dark one. */
final class JsonColours implements LineStyleListener {
    private static final Pattern TOKEN = Pattern.compile(
            "(\"(?:[^\"\\\\]|\\\\.)*\")(\\s*:)?|(-?[0-9]+(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(true|false|null)");
    private static final int LONGEST_LINE = 4000;
    private static final double DARK = 0.5;

    private record Palette(Color name, Color text, Color number, Color word) {}

    private static final Palette ON_LIGHT = new Palette(
            new Color(0x1f, 0x5f, 0xa8),
            new Color(0x2f, 0x7a, 0x3f),
            new Color(0xa8, 0x4f, 0x10),
            new Color(0x7a, 0x3f, 0x9a));
    private static final Palette ON_DARK = new Palette(
            new Color(0x8c, 0xbe, 0xf5),
            new Color(0x9c, 0xd3, 0x9c),
            new Color(0xf0, 0xb0, 0x78),
            new Color(0xcf, 0xa0, 0xe8));

    private final StyledText text;

    JsonColours(StyledText text) {
        this.text = text;
    }

    @Override
    public void lineGetStyle(LineStyleEvent event) {
        if (event.lineText.length() > LONGEST_LINE) {
            return;
        }
        RGB ground = text.getBackground().getRGB();
        Palette palette = ground.getHSB()[2] < DARK ? ON_DARK : ON_LIGHT;
        List<StyleRange> styles = new ArrayList<>();
        Matcher token = TOKEN.matcher(event.lineText);
        while (token.find()) {
            Color colour;
            int end = token.end();
            if (token.group(1) != null) {
                colour = token.group(2) != null ? palette.name() : palette.text();
                end = token.end(1);
            } else {
                colour = token.group(3) != null ? palette.number() : palette.word();
            }
            styles.add(new StyleRange(event.lineOffset + token.start(), end - token.start(), colour, null));
        }
        event.styles = styles.toArray(StyleRange[]::new);
    }
}
