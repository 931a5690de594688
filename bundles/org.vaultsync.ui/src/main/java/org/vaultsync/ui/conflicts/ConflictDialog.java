// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.conflicts;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.IMessageProvider;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.SashForm;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.vaultsync.Badge;
import org.vaultsync.Conflict;
import org.vaultsync.VaultSync;
import org.vaultsync.Version;
import org.vaultsync.ui.conflicts.Merge.Choice;
import org.vaultsync.ui.conflicts.Merge.Lines;
import org.vaultsync.ui.conflicts.Merge.Side;
import org.vaultsync.ui.dialogs.Rows;
import org.vaultsync.ui.dialogs.SyncDialog;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Sentences;
import org.vaultsync.ui.text.When;

/**
 * The conflicts of some items, field by field: the value that stands, the one that lost, what both were made from, and
 * who wrote them. One of them stands from then on, or a third; texts and lists are merged line by line. UI thread.
 */
final class ConflictDialog extends SyncDialog {
    private static final int UNDO = IDialogConstants.CLIENT_ID;
    private static final int LONGEST = 60; // so much of a value is in the list
    private static final int COMPARE = IDialogConstants.CLIENT_ID + 1;

    private final List<String> itemIds;
    private final Deque<Decision> settled = new ArrayDeque<>();
    private Rows<Conflict> list;
    private SashForm halves;
    private SashForm sides;
    private Pane standing;
    private Pane before;
    private Pane lost;
    private Pane result;
    private Button keep;
    private Button take;
    private Button use;
    private Composite choices;
    private Label difference;
    private final List<Button> going = new ArrayList<>();
    private final List<Button> choosing = new ArrayList<>();
    private List<Conflict> conflicts = List.of();
    private List<Conflict> goneOnes = List.of(); // decided elsewhere, and still listed for what was typed
    private Optional<Conflict> shown = Optional.empty();
    private Wording wording = Wording.JSON;
    private Optional<Merge> merge = Optional.empty(); // empty while there is nothing to choose
    private int chosen; // the difference that the buttons are about
    private Optional<String> unknown = Optional.empty(); // why nothing is known of conflicts now
    private Optional<String> said = Optional.empty(); // the last of these that was shown
    private boolean working;
    private boolean refreshing;
    private boolean gone; // the one that is shown is one of those that were decided elsewhere
    private String offered = ""; // what the result was before somebody typed or chose
    private final Map<String, Typed> typed = new LinkedHashMap<>(); // by the id of the conflict

    /** What somebody made of the result, and has not used yet. */
    private record Typed(Conflict conflict, Wording wording, String text) {
        /** Its value; nothing while it is none. */
        String json() {
            try {
                return wording.json(text);
            } catch (Wording.NoValue notYet) {
                return "";
            }
        }

        /** The same value in words that may be others, because the values beside it are. */
        String in(Wording now) {
            return now == wording || json().isEmpty() ? text : now.text(json());
        }
    }

    ConflictDialog(LiveSync live, Shell shell, List<String> itemIds) {
        super(live, shell, Messages.conflictsTitle, "conflicts", new Point(760, 640));
        this.itemIds = itemIds;
    }

    @Override
    protected void fill(Composite area) {
        list = new Rows<Conflict>(area, SWT.SINGLE)
                .column(Messages.conflictField, 3, JsonText::field)
                .column(
                        Messages.conflictStanding,
                        4,
                        conflict -> again(conflict).isPresent()
                                ? JsonText.brief(conflict.standing(), LONGEST)
                                : Messages.decidedElsewhere)
                .column(Messages.conflictLost, 4, conflict -> JsonText.brief(conflict.lost(), LONGEST))
                .column(Messages.conflictFound, 2, conflict -> When.was(conflict.found()))
                .onSelection(() -> {
                    if (!refreshing) {
                        showSelected();
                        say();
                    }
                });
        GridDataFactory.fillDefaults()
                .grab(true, false)
                .hint(SWT.DEFAULT, list.height(3))
                .applyTo(list.frame());

        halves = new SashForm(area, SWT.VERTICAL);
        GridDataFactory.fillDefaults().grab(true, true).applyTo(halves);
        sides = new SashForm(halves, SWT.HORIZONTAL);
        sides.setSashWidth(10);
        standing = new Pane(sides, SWT.READ_ONLY);
        before = new Pane(sides, SWT.READ_ONLY);
        before.head(Messages.before);
        lost = new Pane(sides, SWT.READ_ONLY);
        keep = button(standing.area(), Messages.keepThis, () -> settle(Optional.empty()));
        GridDataFactory.fillDefaults()
                .hint(SWT.DEFAULT, keep.computeSize(SWT.DEFAULT, SWT.DEFAULT).y)
                .applyTo(new Label(before.area(), SWT.NONE));
        take = button(lost.area(), Messages.takeOther, () -> settle(shown.map(Conflict::lost)));

        columns().forEach(each -> each.area().addListener(SWT.Resize, resized -> align()));

        result = new Pane(halves, SWT.NONE);
        result.value().control().addModifyListener(typed -> check());
        result.value().onRefused(this::setErrorMessage);
        Composite below = new Composite(result.area(), SWT.NONE);
        GridLayoutFactory.fillDefaults().numColumns(2).spacing(12, 4).applyTo(below);
        GridDataFactory.fillDefaults().grab(true, false).applyTo(below);
        use = button(below, Messages.useResult, this::useResult);
        createChoices(below);
        halves.setWeights(5, 4);

        live.onItems(area, changed -> {
            if (!working && itemIds.stream().anyMatch(changed::contains)) {
                refresh();
            }
        });
        live.onRooms(area, () -> {
            if (!working
                    && (unknown.isPresent() || Sentences.whyUnknown(live.sync()).isPresent())) {
                refresh();
            }
        });
    }

    private Stream<Pane> columns() {
        return Stream.of(standing, before, lost);
    }

    /** The texts begin at one height, however many lines their headings take. */
    private void align() {
        int most = columns().mapToInt(Pane::headHeight).max().orElseThrow();
        columns().forEach(each -> each.headHeight(most));
    }

    private void createChoices(Composite parent) {
        choices = new Composite(parent, SWT.NONE);
        GridLayoutFactory.fillDefaults().numColumns(6).spacing(4, 0).applyTo(choices);
        GridDataFactory.fillDefaults()
                .align(SWT.END, SWT.CENTER)
                .grab(true, false)
                .applyTo(choices);
        difference = new Label(choices, SWT.NONE);
        going.add(small(Messages.previousDifference, () -> go(-1)));
        going.add(small(Messages.nextDifference, () -> go(1)));
        choosing.add(small(Messages.chooseStanding, () -> choose(Choice.STANDING)));
        choosing.add(small(Messages.chooseLost, () -> choose(Choice.LOST)));
        choosing.add(small(Messages.chooseBoth, () -> choose(Choice.BOTH)));
    }

    private Button small(String text, Runnable run) {
        Button button = new Button(choices, SWT.PUSH);
        button.setText(text);
        button.addListener(SWT.Selection, clicked -> run.run());
        return button;
    }

    private Button button(Composite parent, String text, Runnable run) {
        Button button = new Button(parent, SWT.PUSH);
        button.setText(text);
        setButtonLayoutData(button);
        button.addListener(SWT.Selection, clicked -> run.run());
        return button;
    }

    @Override
    protected Control createContents(Composite parent) {
        Control contents = super.createContents(parent);
        refresh();
        list.setFocus();
        return contents;
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        if (live.comparison().isPresent()) {
            createButton(parent, COMPARE, Messages.compareSides, false).setEnabled(false);
        }
        createButton(parent, UNDO, Messages.undoDecision, false).setEnabled(false);
        createButton(parent, IDialogConstants.CANCEL_ID, IDialogConstants.CLOSE_LABEL, false);
    }

    @Override
    protected void buttonPressed(int button) {
        if (button == UNDO) {
            undo();
        } else if (button == COMPARE) {
            compare();
        } else {
            super.buttonPressed(button);
        }
    }

    private void compare() {
        shown.ifPresent(conflict -> live.comparison()
                .ifPresent(comparison -> comparison.inDialog(
                        JsonText.field(conflict),
                        standing.side(),
                        lost.side(),
                        before.area().getVisible() ? Optional.of(before.side()) : Optional.empty())));
    }

    private void refresh() {
        refresh(shown);
    }

    private void refresh(Optional<Conflict> wanted) {
        int index = list.index();
        Optional<VaultSync> sync = live.sync();
        Optional<String> before = unknown;
        unknown = Sentences.whyUnknown(sync)
                .or(() -> before.filter(
                        why -> shown.isPresent() && itemIds.stream().anyMatch(this::isUntold)));
        if (unknown.isPresent() && shown.isPresent()) {
            // What is shown stays to be read and copied: nobody has decided anything.
            say();
            enable();
            return;
        }
        conflicts = sync.stream()
                .flatMap(present -> itemIds.stream().flatMap(item -> present.conflicts(item).stream()))
                .toList();
        remember();
        goneOnes = typed.values().stream()
                .map(Typed::conflict)
                .filter(conflict -> again(conflict).isEmpty() && !isSettledHere(conflict))
                .toList();
        List<Conflict> rows =
                Stream.concat(conflicts.stream(), goneOnes.stream()).toList();
        refreshing = true;
        try {
            list.show(rows);
            if (!rows.isEmpty()) {
                list.select(List.of(wanted.flatMap(conflict -> with(conflict.id(), rows))
                        .orElseGet(() -> rows.get(Math.clamp(index, 0, rows.size() - 1)))));
            }
        } finally {
            refreshing = false;
        }
        setTitle(Sentences.conflicts(conflicts.size()));
        showSelected();
        say();
    }

    /** Just after a start, an item is called syncing until its room tells of it and of its conflicts. */
    private boolean isUntold(String item) {
        return live.status(item).badge() == Badge.SYNCING && !Conflicts.any(live, item);
    }

    private boolean isSettledHere(Conflict conflict) {
        return settled.stream().anyMatch(decision -> decision.conflict().id().equals(conflict.id()));
    }

    private void say() {
        if (unknown.isPresent()) {
            said = unknown;
            setErrorMessage(unknown.get());
            return;
        }
        if (said.isPresent() && said.get().equals(getErrorMessage())) {
            setErrorMessage(null);
        }
        if (gone) {
            setMessage(Messages.conflictGone, IMessageProvider.WARNING);
        } else if (!goneOnes.isEmpty()) {
            String fields = goneOnes.stream().map(JsonText::field).distinct().collect(Collectors.joining(", "));
            setMessage(NLS.bind(Messages.conflictsGone, fields), IMessageProvider.WARNING);
        } else {
            setMessage(
                    !conflicts.isEmpty()
                            ? Messages.conflictsExplained
                            : settled.isEmpty() ? Messages.allSettled : Messages.allSettledHere);
        }
    }

    private Optional<Conflict> again(Conflict conflict) {
        return with(conflict.id(), conflicts);
    }

    private static Optional<Conflict> with(String id, List<Conflict> among) {
        return among.stream().filter(each -> each.id().equals(id)).findFirst();
    }

    private void showSelected() {
        Optional<Conflict> selected = list.selected();
        gone = selected.filter(goneOnes::contains).isPresent();
        if (!selected.equals(shown)) {
            remember();
            shown = selected;
            setErrorMessage(null);
            standing.head(selected.map(each -> written(Messages.standingBy, Messages.standing, each.standingWriter()))
                    .orElse(Messages.standing));
            lost.head(selected.map(each -> written(Messages.lostBy, Messages.lost, each.lostWriter()))
                    .orElse(Messages.lost));
            show(Optional.empty());
            selected.ifPresent(this::askBefore);
        }
        enable();
    }

    private static String written(String by, String byNobodyKnown, String writer) {
        return writer.isEmpty() ? byNobodyKnown : NLS.bind(by, writer);
    }

    /** What both values were made from is found in the history, where that is known. */
    private void askBefore(Conflict conflict) {
        live.history()
                .ifPresent(history -> Answers.of(
                        history.versions(conflict.itemId()),
                        getShell(),
                        versions -> answered(conflict, versions),
                        unknown -> {}));
    }

    private void answered(Conflict conflict, List<Version> versions) {
        if (shown.equals(Optional.of(conflict))) {
            Before.of(conflict, versions).ifPresent(value -> {
                remember();
                show(Optional.of(value));
            });
        }
    }

    private boolean isTyped() {
        return !result.read().equals(offered);
    }

    /** Before anything else is shown: what somebody made of the result is theirs until they use it. */
    private void remember() {
        shown.ifPresent(conflict -> {
            if (isTyped()) {
                typed.put(conflict.id(), new Typed(conflict, wording, result.read()));
            } else {
                typed.remove(conflict.id());
            }
        });
    }

    /** Shows the selected conflict, and what may become of it, or what somebody has already made of it. */
    private void show(Optional<String> was) {
        String stands = shown.map(Conflict::standing).orElse("");
        String other = shown.map(Conflict::lost).orElse("");
        Optional<Typed> made = shown.map(conflict -> typed.get(conflict.id()));
        wording =
                Wording.of(stands, other, was.orElse(""), made.map(Typed::json).orElse(""));
        standing.show(text(stands));
        lost.show(text(other));
        before.show(was.map(this::text).orElse(""));
        before.area().setVisible(was.isPresent());
        sides.layout();
        align();
        Merge merged = new Merge(wording.text(stands), was.map(wording::text), wording.text(other));
        merge = shown.filter(conflict -> wording.hasLines() && severalLines(stands, other))
                .map(conflict -> merged);
        chosen = 0;
        // Of two whole items one is chosen; they have too many fields for one text.
        halves.setMaximizedControl(
                shown.filter(conflict -> conflict.field().isEmpty()).isPresent() ? sides : null);
        result.head(merge.isEmpty() ? Messages.third : Messages.merged);
        String proposed = merge.map(Merge::result)
                .orElseGet(() ->
                        shown.map(conflict -> wording.text(conflict.standing())).orElse(""));
        offered = proposed.replace("\r\n", "\n");
        showResult(made.map(each -> each.in(wording)).orElse(proposed));
    }

    private boolean severalLines(String stands, String other) {
        return wording != Wording.TEXT
                || wording.text(stands).contains("\n")
                || wording.text(other).contains("\n");
    }

    private String text(String json) {
        return shown.isEmpty() ? "" : json.isEmpty() ? Messages.fieldGone : wording.text(json);
    }

    private void showResult(String text) {
        result.show(text);
        mark();
        enable();
    }

    private void mark() {
        standing.mark(where(Side.STANDING), List.of());
        lost.mark(List.of(), where(Side.LOST));
        before.mark(List.of(), List.of());
        List<Lines> stands = new ArrayList<>();
        List<Lines> others = new ArrayList<>();
        merge.ifPresent(present -> IntStream.range(0, present.count()).forEach(number -> {
            Lines all = present.inResult(number);
            int fromStanding =
                    present.choice(number) == Choice.LOST ? 0 : Math.min(all.count(), countIn(number, Side.STANDING));
            stands.add(new Lines(all.first(), fromStanding));
            others.add(new Lines(all.first() + fromStanding, all.count() - fromStanding));
        }));
        boolean coloured = isUntouched();
        result.mark(coloured ? stands : List.of(), coloured ? others : List.of());
    }

    private int countIn(int number, Side side) {
        return merge.map(present -> present.where(number, side).count()).orElse(0);
    }

    private List<Lines> where(Side side) {
        return merge.map(present -> IntStream.range(0, present.count())
                        .mapToObj(number -> present.where(number, side))
                        .toList())
                .orElse(List.of());
    }

    private void go(int by) {
        merge.filter(present -> present.count() > 0).ifPresent(present -> {
            chosen = Math.floorMod(chosen + by, present.count());
            reveal(present);
            enable();
        });
    }

    private void reveal(Merge present) {
        standing.reveal(present.where(chosen, Side.STANDING));
        before.reveal(present.where(chosen, Side.BEFORE));
        lost.reveal(present.where(chosen, Side.LOST));
        result.reveal(present.inResult(chosen));
    }

    private void choose(Choice choice) {
        merge.ifPresent(present -> {
            present.choose(chosen, choice);
            showResult(present.result());
            reveal(present);
        });
    }

    /** Whether what stands in the result is the merged text, and nothing that somebody typed. */
    private boolean isUntouched() {
        return merge.filter(present -> present.result().equals(result.read())).isPresent();
    }

    private void check() {
        if (merge.isPresent() && !isUntouched()) {
            result.mark(List.of(), List.of());
        }
        setErrorMessage(null);
        enable();
    }

    private void enable() {
        boolean able = shown.isPresent() && !gone && !working && unknown.isEmpty();
        keep.setEnabled(able);
        take.setEnabled(able);
        use.setEnabled(able);
        result.value().setEditable(able);
        int count = merge.map(Merge::count).orElse(0);
        boolean choosable = able && count > 0 && isUntouched();
        if (choices.getVisible() != count > 0) {
            choices.setVisible(count > 0);
        }
        String where = count == 0 ? "" : NLS.bind(Messages.differenceOf, chosen + 1, count);
        if (!difference.getText().equals(where)) {
            difference.setText(where);
            difference.getParent().requestLayout();
        }
        going.forEach(button -> button.setEnabled(count > 1));
        choosing.forEach(button -> button.setEnabled(choosable));
        Button undo = getButton(UNDO);
        if (undo != null) {
            undo.setEnabled(!settled.isEmpty() && !working);
        }
        Button compare = getButton(COMPARE);
        if (compare != null) {
            compare.setEnabled(shown.isPresent());
        }
    }

    private void useResult() {
        if (shown.isEmpty()) {
            return;
        }
        Conflict conflict = shown.get();
        try {
            boolean gone = result.read().isBlank()
                    && (conflict.standing().isEmpty() || conflict.lost().isEmpty());
            String value = gone ? "" : wording.json(result.read());
            settle(value.equals(conflict.standing()) ? Optional.empty() : Optional.of(value));
        } catch (Wording.NoValue wrong) {
            setErrorMessage(wrong.getMessage());
            result.value().control().setFocus();
        }
    }

    private void settle(Optional<String> value) {
        shown.ifPresent(conflict -> {
            Decision decision = new Decision(live, conflict, value);
            work(
                    sync -> decision.settle(sync).thenRunAsync(decision::findName),
                    () -> {
                        settled.push(decision);
                        decision.remember();
                    },
                    () -> {},
                    conflict);
        });
    }

    private void undo() {
        Decision last = settled.peek();
        if (last != null) {
            work(
                    last::reopen,
                    () -> {
                        settled.pop();
                        last.forget();
                    },
                    () -> {
                        settled.pop();
                        if (!last.isGone()) {
                            settled.addLast(last);
                        }
                        last.stepBack();
                    },
                    last.conflict());
        }
    }

    private void work(
            Function<VaultSync, CompletionStage<Void>> order, Runnable then, Runnable refused, Conflict next) {
        Optional<VaultSync> sync = live.sync();
        if (sync.isEmpty() || working) {
            return;
        }
        working = true;
        setErrorMessage(null);
        enable();
        Answers.of(
                order.apply(sync.get()),
                getShell(),
                done -> {
                    working = false;
                    then.run();
                    refresh(Optional.of(next));
                },
                why -> {
                    working = false;
                    refused.run();
                    refresh();
                    setErrorMessage(why);
                });
    }
}
