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
 * Makes the pages of the help and its contents from the documents for users. The build runs it as it stands here, with the
 * folder of the documents, the German headings, and the folder for what it makes.
 */
final class Pages {
    private static final List<String> DOCUMENTS = List.of("user-guide", "troubleshooting", "security", "signaling");

    private record Topic(int level, String label, String href) {}

    private final Parser parser =
            Parser.builder().extensions(List.of(TablesExtension.create())).build();
    private final HtmlRenderer html = HtmlRenderer.builder()
            .extensions(List.of(TablesExtension.create()))
            .attributeProviderFactory(context -> (node, tag, attributes) -> {
                if (node instanceof Heading heading) {
                    attributes.put("id", anchor(text(heading)));
                }
            })
            .build();
    private final List<Topic> topics = new ArrayList<>();
    private final Path documents;
    private final Path made;

    private Pages(Path documents, Path made) {
        this.documents = documents;
        this.made = made;
    }

    public static void main(String[] paths) throws IOException {
        Pages pages = new Pages(Path.of(paths[0]), Path.of(paths[2]));
        for (String document : DOCUMENTS) {
            pages.make(document);
        }
        Properties german = new Properties();
        try (Reader headings = Files.newBufferedReader(Path.of(paths[1]))) {
            german.load(headings);
        }
        pages.contents("toc.xml", (key, heading) -> heading);
        pages.contents(
                "nl/de/toc.xml",
                (key, heading) -> Optional.ofNullable(german.getProperty(key))
                        .orElseThrow(() -> new IllegalStateException(paths[1] + " lacks " + key + " = " + heading)));
    }

    private void make(String document) throws IOException {
        Node root = parser.parse(Files.readString(documents.resolve(document + ".md")));
        root.accept(new AbstractVisitor() {
            @Override
            public void visit(Heading heading) {
                String page = "pages/" + document + ".html";
                String label = text(heading);
                topics.add(new Topic(
                        heading.getLevel(), label, heading.getLevel() == 1 ? page : page + "#" + anchor(label)));
            }

            @Override
            public void visit(Link link) {
                link.setDestination(page(document, link.getDestination()));
                visitChildren(link);
            }

            @Override
            public void visit(Image image) {
                copy(image.getDestination());
            }
        });
        write("pages/" + document + ".html", """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <title>%s</title>
                <link rel="stylesheet" href="../style.css">
                </head>
                <body>
                %s</body>
                </html>
                """.formatted(escaped(text(root.getFirstChild())), html.render(root)));
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
            String key = topic.href().replace("pages/", "").replace(".html", "").replace('#', '.');
            toc.append("<topic label=\"%s\" href=\"%s\">\n"
                    .formatted(escaped(translation.apply(key, topic.label())), topic.href()));
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
