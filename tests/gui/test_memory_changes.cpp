// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/revise.h"
#include "app/text.h"
#include "gui_support.h"
#include "pages/document_view.h"
#include "pages/documents_model.h"
#include "pages/edit_dialog.h"
#include "pages/forget_dialog.h"
#include "pages/hex.h"
#include "pages/history_pane.h"
#include "pages/memory_changes.h"
#include "pages/memory_page.h"
#include "pages/tags_dialog.h"
#include "support/test_main.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QDropEvent>
#include <QFile>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSlider>
#include <QTableView>
#include <QTest>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

namespace {

/// At the page Memory, with its three documents listed.
struct MemoryFixture : WindowFixture {
    MemoryPage* page = nullptr;
    DocumentsModel* documents = nullptr;
    DocumentView* view = nullptr;
    HistoryPane* history = nullptr;
    bool show()
    {
        if (!open()) {
            return false;
        }
        window().goTo("memory");
        page = window().findChild<MemoryPage*>();
        documents = page->findChild<DocumentsModel*>();
        view = page->findChild<DocumentView*>();
        history = &view->history();
        return waitUntil([this] { return documents->rowCount() == 3; });
    }
    [[nodiscard]] DocumentSummary titled(const QString& title) const
    {
        for (int row = 0; row < documents->rowCount(); ++row) {
            const DocumentSummary* each = documents->document(row);
            if (each != nullptr && text(each->title) == title) {
                return *each;
            }
        }
        return {};
    }
    /// Chooses the document and shows its history.
    bool showHistory(const DocumentSummary& document, int versions)
    {
        view->show(document.id, document.id, {});
        view->showHistory();
        return waitUntil([&] { return history->model()->rowCount() == versions; });
    }
    [[nodiscard]] QString shownText() const
    {
        for (const QPlainTextEdit* each : view->findChildren<QPlainTextEdit*>()) {
            if (each->accessibleName() == "Text") {
                return each->toPlainText();
            }
        }
        return {};
    }
    bool changed(const DocumentSummary& before)
    {
        return idle() && waitUntil([&] {
            const DocumentSummary now = titled(text(before.title));
            return !now.id.isNull() && now.id != before.id;
        });
    }
};

} // namespace

/// New versions of documents from the window: edits, tags, history, undo, and forgetting with what it reaches.
class TestGuiMemoryChanges : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { needApplication(); }

    void tagsAreReadBetweenCommas()
    {
        QCOMPARE(tagsIn(" keys, barn ,,keys\n winter wood "), (std::vector<std::string>{"keys", "barn", "winter wood"}));
        QVERIFY(tagsIn(" , ").empty());
    }

    void anEditIsANewVersionAndIsUndone()
    {
        MemoryFixture fixture;
        QVERIFY(fixture.show());
        const DocumentSummary before = fixture.titled("Keys");
        fixture.page->changes().edit(before);
        EditDialog* dialog = nullptr;
        QVERIFY(waitUntil([&] { return (dialog = fixture.page->findChild<EditDialog*>()) != nullptr; }));
        auto* field = dialog->findChild<QPlainTextEdit*>();
        QCOMPARE(field->toPlainText(), QString("The spare key hangs behind the clock."));
        QPushButton* keep = buttonCalled(*dialog, "Keep as a new version");
        QVERIFY(!keep->isEnabled());
        field->moveCursor(QTextCursor::End);
        QTest::keyClicks(field, " Not any more.");
        QTest::mouseClick(keep, Qt::LeftButton);
        QVERIFY(fixture.changed(before));
        QCOMPARE(fixture.documents->rowCount(), 3);
        std::string kept;
        fixture.window().session().ask(
            &fixture.window(), [id = fixture.titled("Keys").id](Store& store) { return store.memory().original(id); },
            [&kept](const Result<std::string>& bytes) { kept = bytes.value_or("?"); });
        QVERIFY(waitUntil([&] { return !kept.empty(); }));
        QCOMPARE(text(kept), QString("The spare key hangs behind the clock. Not any more."));
        QVERIFY2(fixture.view->documentId() == fixture.titled("Keys").id, toString(fixture.view->documentId()).c_str());
        QVERIFY(waitUntil([&] { return fixture.shownText().endsWith("Not any more."); }));
        const DocumentSummary edited = fixture.titled("Keys");
        QVERIFY(fixture.showHistory(edited, 2));

        fixture.window().activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&fixture.window()));
        fixture.window().setFocus(); // not in a field, which would undo what was typed there
        QTest::keyClick(&fixture.window(), Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(fixture.changed(edited));
        QVERIFY(waitUntil([&] { return fixture.shownText() == "The spare key hangs behind the clock."; }));
        QVERIFY(fixture.showHistory(fixture.titled("Keys"), 3));
        QCOMPARE(fixture.page->changes().undoable(), std::size_t{0});
    }

    void undoingGoesBackStepByStep()
    {
        MemoryFixture fixture;
        QVERIFY(fixture.show());
        for (const char* words : {"one", "two"}) {
            const DocumentSummary before = fixture.titled("Choir");
            fixture.page->changes().keepText(before, words);
            QVERIFY(fixture.changed(before));
        }
        for (const char* words : {"one", "The choir meets on Tuesday."}) {
            const DocumentSummary before = fixture.titled("Choir");
            fixture.page->changes().undo();
            QVERIFY(fixture.changed(before));
            QVERIFY(waitUntil([&] { return fixture.shownText() == words; }));
        }
    }

    void tagsOfManyArePutOnAndTakenOff()
    {
        MemoryFixture fixture;
        QVERIFY(fixture.show());
        const DocumentSummary keys = fixture.titled("Keys");
        const DocumentSummary choir = fixture.titled("Choir");
        TagsDialog first({keys}, fixture.page);
        first.add("house");
        fixture.page->changes().keepTags(first.changes());
        QVERIFY(fixture.changed(keys));
        TagsDialog both({fixture.titled("Keys"), choir}, fixture.page);
        auto* list = both.findChild<QListWidget*>();
        QCOMPARE(list->item(0)->checkState(), Qt::PartiallyChecked);
        both.add("weekly");
        const auto changes = both.changes();
        QCOMPARE(changes.size(), std::size_t{2});
        QCOMPARE(changes[0].second, (std::vector<std::string>{"house", "weekly"}));
        QCOMPARE(changes[1].second, (std::vector<std::string>{"weekly"}));
        list->item(0)->setCheckState(Qt::Unchecked);
        fixture.page->changes().keepTags(both.changes());
        QVERIFY(fixture.changed(choir));
        QCOMPARE(fixture.titled("Keys").tags, (std::vector<std::string>{"weekly"}));
        QCOMPARE(fixture.titled("Choir").tags, (std::vector<std::string>{"weekly"}));
        QVERIFY(TagsDialog({fixture.titled("Keys")}, fixture.page).changes().empty());
    }

    void theSliderShowsWhatHeldThen()
    {
        MemoryFixture fixture;
        QVERIFY(fixture.show());
        const DocumentSummary before = fixture.titled("Leaves");
        fixture.page->changes().keepText(before, "Ferment the leaves for four weeks.");
        QVERIFY(fixture.changed(before));
        QVERIFY(fixture.showHistory(fixture.titled("Leaves"), 2));
        new QAbstractItemModelTester(
            const_cast<VersionsModel*>(fixture.history->model()), QAbstractItemModelTester::FailureReportingMode::QtTest, fixture.page);
        fixture.history->slider()->setValue(0);
        QVERIFY(waitUntil([&] { return fixture.shownText().contains("three weeks"); }));
        QCOMPARE(fixture.history->model()->rowCount(), 2); // the list stays
        fixture.history->slider()->setValue(fixture.history->slider()->maximum());
        QVERIFY(waitUntil([&] { return fixture.shownText().contains("four weeks"); }));
        fixture.history->slider()->setValue(0);
        QVERIFY(waitUntil([&] { return fixture.shownText().contains("three weeks"); }));
        QVERIFY(fixture.history->restoreButton()->isEnabled());
        const DocumentSummary edited = fixture.titled("Leaves");
        QTest::mouseClick(fixture.history->restoreButton(), Qt::LeftButton);
        QVERIFY(fixture.changed(edited));
        QVERIFY(waitUntil([&] { return fixture.shownText().contains("three weeks"); }));
    }

    void filesAreTakenByDragAndDropAndKeepTheirPathAsTheyChange()
    {
        MemoryFixture fixture;
        QVERIFY(fixture.show());
        QFile file(fixture.folder() + "/heron.txt");
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("A heron stood at the weir.");
        file.close();
        QMimeData dragged;
        dragged.setUrls({QUrl::fromLocalFile(file.fileName()), QUrl("https://example.org/x")});
        QDragEnterEvent enter({10, 10}, Qt::CopyAction, &dragged, Qt::LeftButton, {});
        QVERIFY(QApplication::sendEvent(fixture.page, &enter));
        QVERIFY(enter.isAccepted());
        QDropEvent drop({10, 10}, Qt::CopyAction, &dragged, Qt::LeftButton, {});
        QApplication::sendEvent(fixture.page, &drop);
        QVERIFY(fixture.idle());
        QVERIFY(waitUntil([&] { return fixture.documents->rowCount() == 4; }));
        DocumentSummary heron;
        for (int row = 0; row < 4; ++row) {
            const DocumentSummary* each = fixture.documents->document(row);
            heron = each->path.empty() ? heron : *each;
        }
        QVERIFY(!heron.path.empty());
        fixture.page->changes().keepTags({{heron, {"bird"}}}); // the same bytes, and yet a new version
        QVERIFY(fixture.idle());
        QVERIFY(fixture.showHistory(heron, 2));
        const DocumentSummary tagged = fixture.history->model()->rows().back();
        QCOMPARE(tagged.path, heron.path);
        QCOMPARE(tagged.tags, (std::vector<std::string>{"bird"}));
        QVERIFY(tagged.current);
    }

    void forgettingReachesOtherVersions()
    {
        MemoryFixture fixture;
        QVERIFY(fixture.show());
        const DocumentSummary before = fixture.titled("Keys");
        fixture.page->changes().keepText(before, "The spare key is lost.");
        QVERIFY(fixture.changed(before));
        for (int row = 0; row < 3; ++row) {
            if (fixture.documents->document(row)->title == "Keys") {
                tableCalled(*fixture.page, "Documents")->selectRow(row);
            }
        }
        QTest::keyClick(&fixture.window(), Qt::Key_Delete, Qt::ControlModifier);
        ForgetDialog* dialog = nullptr;
        QVERIFY(waitUntil([&] { return (dialog = fixture.page->findChild<ForgetDialog*>()) != nullptr; }));
        QCOMPARE(dialog->ids().size(), std::size_t{2});
        dialog->findChildren<QCheckBox*>().first()->isChecked();
        QTest::keyClicks(dialog->findChild<QLineEdit*>(), ForgetDialog::word());
        QTest::mouseClick(buttonCalled(*dialog, "Forget for good"), Qt::LeftButton);
        QVERIFY(fixture.idle());
        QVERIFY(waitUntil([&] { return fixture.documents->rowCount() == 2; })); // not 3: no older version is current again
        QVERIFY(fixture.titled("Keys").id.isNull());
    }

    void bytesAreShownInHexadecimal()
    {
        const QString shown = hexText(std::string_view("Carma\n\x01 and more than a line", 28), 64);
        QVERIFY(shown.startsWith("00000000  43 61 72 6d 61 0a 01 20"));
        QVERIFY(shown.contains("Carma.. and more"));
        QVERIFY(shown.contains("00000010  "));
        QVERIFY(hexText("abcdef", 3).contains("Only the first"));
    }
};

CARMA_TEST_CLASS(TestGuiMemoryChanges, "test_memory_changes")

#include "test_memory_changes.moc"
