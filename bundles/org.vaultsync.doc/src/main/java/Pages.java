// SPDX-License-Identifier: EPL-2.0

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.function.BiFunction;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;
import org.commonmark.renderer.text.TextContentRenderer;

/**
 * Makes pages of the documents for users, in English, and in German where there are German ones. The build runs it as it stands
 * here.
 *
 * <p>{@code help DOCUMENTS HEADINGS FOLDER} makes the help and its contents; the headings are the German ones of those documents
 * that are in English alone. {@code site DOCUMENTS LANDING FOLDER [PICTURES]} makes a site: its landing page, and beside it the
 * guide. What stands in a document as {@code <!-- picture NAME: what is on it -->} is a picture there, light or dark as the
 * reader's machine is, if there is a folder with pictures, and nothing elsewhere.
 */
final class Pages {
    private static final List<String> DOCUMENTS = List.of("user-guide", "troubleshooting", "security", "signaling");
    private static final Pattern PICTURE = Pattern.compile("<!-- picture ([a-z-]+): (.+?) -->", Pattern.DOTALL);

    private record Topic(int level, String label, String href) {
        String key() {
            return href.replace("pages/", "").replace(".html", "").replace('#', '.');
        }
    }

    private final Parser parser =
            Parser.builder().extensions(List.of(TablesExtension.create())).build();
    private final List<Topic> topics = new ArrayList<>();
    private final Properties german = new Properties();
    private final boolean site;
    private final Path documents;
    private final Path made;
    private final Optional<Path> pictures;

    private Pages(boolean site, Path documents, Path made, Optional<Path> pictures) {
        this.site = site;
        this.documents = documents;
        this.made = made;
        this.pictures = pictures;
    }

    public static void main(String[] words) throws IOException {
        boolean site = words[0].equals("site");
        Path second = Path.of(words[2]);
        Pages pages = new Pages(
                site,
                Path.of(words[1]),
                Path.of(words[3]),
                words.length > 4 ? Optional.of(Path.of(words[4])) : Optional.empty());
        if (site) {
            pages.site(second);
        } else {
            pages.help(second);
        }
    }

    private void help(Path germanHeadings) throws IOException {
        try (Reader headings = Files.newBufferedReader(germanHeadings)) {
            german.load(headings);
        }
        for (String document : DOCUMENTS) {
            make(document);
        }
        contents("toc.xml", (key, heading) -> heading);
        contents(
                "nl/de/toc.xml",
                (key, heading) -> Optional.ofNullable(german.getProperty(key))
                        .orElseThrow(
                                () -> new IllegalStateException(germanHeadings + " lacks " + key + " = " + heading)));
    }

    private void site(Path landing) throws IOException {
        for (String document : DOCUMENTS) {
            make(document);
        }
        write(
                "index.html",
                PICTURE.matcher(Files.readString(landing))
                        .replaceAll(found -> Matcher.quoteReplacement(picture(found, "guide/"))));
        copy(landing.resolveSibling("guide.css"), "guide/guide.css");
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
        // The help serves its German pages in the place of the English ones.
        String up = site && !language.equals("en") ? "../" : "";
        root.accept(new AbstractVisitor() {
            @Override
            public void visit(Link link) {
                link.setDestination(
                        page(document, language, link.getDestination().replaceFirst("^[.][.]/", "")));
                visitChildren(link);
            }

            @Override
            public void visit(Image image) {
                String file = image.getDestination().replaceFirst("^[.][.]/", "");
                image.setDestination(up + file);
                copy(documents.resolve(file), (site ? "guide/" : "pages/") + file);
            }

            @Override
            public void visit(HtmlBlock block) {
                Matcher found = PICTURE.matcher(block.getLiteral().strip());
                if (found.matches()) {
                    block.setLiteral(picture(found, up));
                }
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
        write(file(document, language), """
                <!DOCTYPE html>
                <html lang="%s">
                <head>
                <meta charset="utf-8">
                %s<title>%s</title>
                <link rel="stylesheet" href="%s">
                </head>
                <body>
                %s%s</body>
                </html>
                """.formatted(
                        language,
                        site ? "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" : "",
                        escaped(title(root)),
                        site ? up + "guide.css" : "../style.css",
                        site ? neighbours(document, language, up) : "",
                        html.render(root)));
    }

    private String file(String document, String language) {
        if (site) {
            return "guide/" + (language.equals("en") ? "" : language + "/") + document + ".html";
        }
        return (language.equals("en") ? "" : "nl/" + language + "/") + "pages/" + document + ".html";
    }

    /** What leads from a page of the site to the others, to the other language, and back to the landing page. */
    private String neighbours(String document, String language, String up) throws IOException {
        StringBuilder links = new StringBuilder("<nav>\n<a href=\"%s../index.html\">Vault Sync</a>\n".formatted(up));
        for (String other : DOCUMENTS) {
            Path file = documents.resolve(language).resolve(other + ".md");
            String title =
                    title(parser.parse(Files.readString(Files.exists(file) ? file : documents.resolve(other + ".md"))));
            links.append((other.equals(document) ? "<b>%2$s</b>\n" : "<a href=\"%s\">%s</a>\n")
                    .formatted(page(document, language, other + ".md"), escaped(title)));
        }
        if (Files.exists(documents.resolve("de").resolve(document + ".md"))) {
            links.append(
                    language.equals("en")
                            ? "<a href=\"de/%s.html\" lang=\"de\">Deutsch</a>\n".formatted(document)
                            : "<a href=\"../%s.html\" lang=\"en\">English</a>\n".formatted(document));
        }
        return links + "</nav>\n";
    }

    /** The page that a link between documents leads to. */
    private String page(String document, String language, String link) {
        if (link.matches("[a-z]+:.*|#.*")) {
            return link;
        }
        String[] parts = link.split("(?=#)", 2);
        String name = parts[0].replaceFirst("[.]md$", "");
        if (!DOCUMENTS.contains(name)) {
            throw new IllegalStateException(document + ".md links to " + link + ", which is not in the help");
        }
        boolean away = site
                && !language.equals("en")
                && !Files.exists(documents.resolve(language).resolve(name + ".md"));
        return (away ? "../" : "") + name + ".html" + (parts.length > 1 ? parts[1] : "");
    }

    /** @param up what leads from the page to the folder of the guide */
    private String picture(MatchResult named, String up) {
        if (pictures.isEmpty()) {
            return "";
        }
        String name = named.group(1);
        for (String shade : List.of("light", "dark")) {
            copy(pictures.get().resolve(name + "-" + shade + ".png"), "guide/pictures/" + name + "-" + shade + ".png");
        }
        return """
                <figure><picture>
                <source srcset="%1$spictures/%2$s-dark.png" media="(prefers-color-scheme: dark)">
                <img src="%1$spictures/%2$s-light.png" alt="%3$s">
                </picture></figure>
                """.formatted(up, name, escaped(named.group(2).replaceAll("\\s+", " ")));
    }

    private void copy(Path file, String to) {
        try {
            Path copy = made.resolve(to);
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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

    private static String title(Node root) {
        return text(root.getFirstChild());
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
