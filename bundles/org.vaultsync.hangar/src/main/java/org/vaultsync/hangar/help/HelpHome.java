// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.help;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.core.runtime.Platform;
import org.eclipse.help.HelpSystem;
import org.eclipse.help.IToc;
import org.eclipse.help.ITopic;
import org.vaultsync.hangar.look.Words;

/** The page that the help opens with: the contents of all books, and beside them the page that was chosen. */
final class HelpHome {
    private static final String PAGE = """
            <!DOCTYPE html>
            <html lang="%s">
            <head>
            <meta charset="utf-8">
            <title>%s</title>
            <style>
            html, body { height: 100%%; margin: 0; color-scheme: light dark; }
            body { display: flex; font-family: sans-serif; }
            nav { flex: 0 0 18em; overflow: auto; padding: 0.5em 1em; border-right: 1px solid #8886; line-height: 1.5; }
            nav ul { margin: 0; padding-left: 1.2em; list-style: none; }
            nav > ul { padding-left: 0; font-weight: bold; }
            nav > ul ul { font-weight: normal; }
            nav a { color: inherit; text-decoration: none; }
            nav a:hover, nav a:focus { text-decoration: underline; }
            iframe { flex: 1; border: 0; }
            </style>
            </head>
            <body>
            <nav>
            %s</nav>
            <iframe name="page" title="%s" src="%s"></iframe>
            </body>
            </html>
            """;

    private HelpHome() {}

    /** @param query of the address: {@code topic=} the page to begin with, or else it is the first one; may be null */
    static String showing(String query) {
        IToc[] books = HelpSystem.getTocs();
        StringBuilder contents = new StringBuilder("<ul>\n");
        for (IToc book : books) {
            list(contents, book.getLabel(), book.getTopic(null), book.getTopics());
        }
        contents.append("</ul>\n");
        String title = escaped(Words.of("Help - %s", Platform.getProduct().getName()));
        String page = topic(query)
                .or(() -> Arrays.stream(books)
                        .map(book -> book.getTopic(null).getHref())
                        .filter(Objects::nonNull)
                        .findFirst())
                .map(HelpHome::address)
                .orElse("about:blank");
        return PAGE.formatted(Platform.getNL().replaceFirst("_.*", ""), title, contents, title, page);
    }

    private static void list(StringBuilder contents, String label, ITopic page, ITopic[] inside) {
        contents.append("<li>");
        if (page == null || page.getHref() == null) {
            contents.append(escaped(label));
        } else {
            contents.append("<a target=\"page\" href=\"%s\">%s</a>".formatted(address(page.getHref()), escaped(label)));
        }
        if (inside.length > 0) {
            contents.append("\n<ul>\n");
            for (ITopic topic : inside) {
                list(contents, topic.getLabel(), topic, topic.getSubtopics());
            }
            contents.append("</ul>\n");
        }
        contents.append("</li>\n");
    }

    private static Optional<String> topic(String query) {
        return Stream.ofNullable(query)
                .flatMap(all -> Arrays.stream(all.split("&")))
                .filter(one -> one.startsWith("topic="))
                .map(one -> URLDecoder.decode(one.substring("topic=".length()), StandardCharsets.UTF_8))
                .findFirst();
    }

    /** Of a page of the help, below the address of this one. */
    private static String address(String href) {
        return escaped("nftopic" + (href.startsWith("/") ? "" : "/") + href);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
