// SPDX-License-Identifier: EPL-2.0

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.function.BiFunction;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;
import org.commonmark.renderer.text.TextContentRenderer;

/**
 * Makes the pages of the help and its contents from the documents for users, in English, and in German where there are German
 * ones. The build runs it as it stands here, with the folder of the documents, the German headings of those that are in English
 * alone, and the folder for what it makes.
 */
final class Pages {
    private static final List<String> DOCUMENTS = List.of("user-guide", "troubleshooting", "security", "signaling");

    private record Topic(int level, String label, String href) {
        String key() {
            return href.replace("pages/", "").replace(".html", "").replace('#', '.');
        }
    }

    private final Parser parser =
            Parser.builder().extensions(List.of(TablesExtension.create())).build();
    private final List<Topic> topics = new ArrayList<>();
    private final Properties german = new Properties();
    private final Path documents;
    private final Path made;

    private Pages(Path documents, Path made) {
        this.documents = documents;
        this.made = made;
    }

    public static void main(String[] paths) throws IOException {
        Pages pages = new Pages(Path.of(paths[0]), Path.of(paths[2]));
        try (Reader headings = Files.newBufferedReader(Path.of(paths[1]))) {
            pages.german.load(headings);
        }
        for (String document : DOCUMENTS) {
            pages.make(document);
        }
        pages.contents("toc.xml", (key, heading) -> heading);
        pages.contents(
                "nl/de/toc.xml",
                (key, heading) -> Optional.ofNullable(pages.german.getProperty(key))
                        .orElseThrow(() -> new IllegalStateException(paths[1] + " lacks " + key + " = " + heading)));
    }

    private void make(String document) throws IOException {
        Node root = parser.parse(Files.readString(documents.resolve(document + ".md")));
        List<Heading> headings = headings(root);
        List<String> anchors =
                headings.stream().map(Pages::text).map(Pages::anchor).toList();
        List<Topic> here = new ArrayList<>();
        for (Heading heading : headings) {
            String page = "pages/" + document + ".html";
            String label = text(heading);
            here.add(new Topic(heading.getLevel(), label, heading.getLevel() == 1 ? page : page + "#" + anchor(label)));
        }
        topics.addAll(here);
        page(document, "en", root, anchors);

        Path translated = documents.resolve("de").resolve(document + ".md");
        if (Files.exists(translated)) {
            Node germanRoot = parser.parse(Files.readString(translated));
            List<Heading> germanHeadings = headings(germanRoot);
            if (!levels(germanHeadings).equals(levels(headings))) {
                throw new IllegalStateException(translated + " has not the headings that the English document has");
            }
            for (int i = 0; i < here.size(); i++) {
                german.setProperty(here.get(i).key(), text(germanHeadings.get(i)));
            }
            page(document, "de", germanRoot, anchors);
        }
    }

    private static List<Heading> headings(Node root) {
        List<Heading> headings = new ArrayList<>();
        root.accept(new AbstractVisitor() {
            @Override
            public void visit(Heading heading) {
                headings.add(heading);
            }
        });
        return headings;
    }

    private static List<Integer> levels(List<Heading> headings) {
        return headings.stream().map(Heading::getLevel).toList();
    }

    /** @param anchors of the headings, the same in every language, so that what leads there needs no translation */
    private void page(String document, String language, Node root, List<String> anchors) throws IOException {
        root.accept(new AbstractVisitor() {
            @Override
            public void visit(Link link) {
                link.setDestination(page(document, link.getDestination().replaceFirst("^[.][.]/", "")));
                visitChildren(link);
            }

            @Override
            public void visit(Image image) {
                image.setDestination(image.getDestination().replaceFirst("^[.][.]/", ""));
                copy(image.getDestination());
            }
        });
        List<Heading> headings = headings(root);
        HtmlRenderer html = HtmlRenderer.builder()
                .extensions(List.of(TablesExtension.create()))
                .attributeProviderFactory(context -> (node, tag, attributes) -> {
                    if (node instanceof Heading heading) {
                        attributes.put("id", anchors.get(headings.indexOf(heading)));
                    }
                })
                .build();
        write((language.equals("en") ? "" : "nl/" + language + "/") + "pages/" + document + ".html", """
                <!DOCTYPE html>
                <html lang="%s">
                <head>
                <meta charset="utf-8">
                <title>%s</title>
                <link rel="stylesheet" href="../style.css">
                </head>
                <body>
                %s</body>
                </html>
                """.formatted(
                        language, escaped(text(root.getFirstChild())), html.render(root)));
    }

    /** The page that a link between documents leads to. */
    private static String page(String document, String link) {
        if (link.matches("[a-z]+:.*|#.*")) {
            return link;
        }
        String[] parts = link.split("(?=#)", 2);
        String name = parts[0].replaceFirst("[.]md$", "");
        if (!DOCUMENTS.contains(name)) {
            throw new IllegalStateException(document + ".md links to " + link + ", which is not in the help");
        }
        return name + ".html" + (parts.length > 1 ? parts[1] : "");
    }

    private void copy(String picture) {
        try {
            Path copy = made.resolve("pages").resolve(picture);
            Files.createDirectories(copy.getParent());
            Files.copy(documents.resolve(picture), copy, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The contents, one topic a heading, as deep as the headings are. */
    private void contents(String file, BiFunction<String, String, String> translation) throws IOException {
        StringBuilder toc = new StringBuilder("""
                <?xml version="1.0" encoding="UTF-8"?>
                <toc label="Vault Sync" topic="%s">
                """.formatted(topics.getFirst().href()));
        int open = 0;
        for (Topic topic : topics) {
            for (; open >= topic.level(); open--) {
                toc.append("</topic>\n");
            }
            toc.append("<topic label=\"%s\" href=\"%s\">\n"
                    .formatted(escaped(translation.apply(topic.key(), topic.label())), topic.href()));
            open++;
        }
        write(file, toc + "</topic>\n".repeat(open) + "</toc>\n");
    }

    private void write(String file, String text) throws IOException {
        Path path = made.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private static String text(Node node) {
        return TextContentRenderer.builder().build().render(node).strip();
    }

    /** As web pages of repositories make it. */
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
