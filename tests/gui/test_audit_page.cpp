// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/files.h"
#include "app/text.h"
#include "gui_support.h"
#include "pages/audit_model.h"
#include "pages/audit_page.h"
#include "pages/text_dialog.h"
#include "support/test_main.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QFile>
#include <QFileDialog>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableView>
#include <QTest>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

namespace {

std::vector<AuditEntry> entries(Sequence from, Sequence to)
{
    std::vector<AuditEntry> made;
    for (Sequence i = from; i < to; ++i) {
        AuditEntry entry;
        entry.sequence = i;
        entry.action = "memory.remember";
        entry.actor = "actor " + std::to_string(i);
        made.push_back(std::move(entry));
    }
    return made;
}

/// A window whose page Audit shows what the fixture did.
struct AuditFixture : WindowFixture {
    AuditPage* page = nullptr;
    AuditModel* model = nullptr;
    bool show()
    {
        if (!open()) {
            return false;
        }
        window().goTo("audit");
        page = window().findChild<AuditPage*>();
        model = page->findChild<AuditModel*>();
        return waitUntil([this] { return model->rowCount() > 0; });
    }
};

} // namespace

/// The page Audit and its model.
class TestGuiAudit : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { needApplication(); }

    void theNewestStandFirstAndOldOnesGo()
    {
        AuditModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.append(entries(0, 3));
        model.append({});
        model.append(entries(5, 7));
        QCOMPARE(model.rowCount(), 5);
        QCOMPARE(model.entry(0)->sequence, Sequence{6});
        QCOMPARE(model.entry(4)->sequence, Sequence{0});
        QCOMPARE(model.find(2), 2);
        QCOMPARE(model.find(4), -1);
        QVERIFY(model.entry(5) == nullptr && model.entry(-1) == nullptr);
        model.setVerified(6);
        QCOMPARE(model.index(0, AuditModel::Proof).data().toString(), QString("not verified"));
        QCOMPARE(model.index(1, AuditModel::Proof).data().toString(), QString("verified"));
        model.append(entries(10, 10 + AuditModel::kRowsMax));
        QCOMPARE(model.rowCount(), static_cast<int>(AuditModel::kRowsMax));
        QCOMPARE(model.dropped(), std::uint64_t{5});
        QCOMPARE(model.entry(model.rowCount() - 1)->sequence, Sequence{10});
    }

    void theFilterNarrowsWhatIsListed()
    {
        AuditFixture fixture;
        QVERIFY(fixture.show());
        const int all = fixture.model->rowCount();
        QTest::keyClicks(lineCalled(*fixture.page, "Action"), "memory");
        QVERIFY(waitUntil([&] { return fixture.model->rowCount() > 0 && fixture.model->rowCount() < all; }));
        QVERIFY(fixture.model->entry(0)->action.starts_with("memory."));
        QTest::keyClicks(lineCalled(*fixture.page, "Actor"), "nobody of this name");
        QVERIFY(waitUntil([&] { return fixture.model->rowCount() == 0; }));
        lineCalled(*fixture.page, "Actor")->clear();
        lineCalled(*fixture.page, "Action")->clear();
        QVERIFY(waitUntil([&] { return fixture.model->rowCount() == all; }));
    }

    void whatIsNewAppears()
    {
        AuditFixture fixture;
        QVERIFY(fixture.show());
        const int before = fixture.model->rowCount();
        fixture.window().session().ask(
            &fixture.window(),
            [](Store& store) {
                return store.memory().remember("default", {{"A new note.", "", "", {}}});
            },
            [](const auto&) {});
        QVERIFY(waitUntil([&] { return fixture.model->rowCount() > before; })); // by itself
        QVERIFY(fixture.model->entry(0)->sequence > fixture.model->entry(1)->sequence);
    }

    void verifyingMarksTheHistory()
    {
        AuditFixture fixture;
        QVERIFY(fixture.show());
        QCOMPARE(fixture.model->index(0, AuditModel::Proof).data().toString(), QString("not verified"));
        QTest::mouseClick(buttonCalled(*fixture.page, "Verify"), Qt::LeftButton);
        QVERIFY(waitUntil([&] { return fixture.model->index(0, AuditModel::Proof).data().toString() == "verified"; }));
        QVERIFY(fixture.window().session().jobs().rowCount() > 0);
    }

    void anEntryIsProvenAndTheProofSaved()
    {
        AuditFixture fixture;
        QVERIFY(fixture.show());
        fixture.page->findChild<QTableView*>()->selectRow(0);
        QTest::mouseClick(buttonCalled(*fixture.page, "Prove this entry"), Qt::LeftButton);
        QVERIFY(waitUntil([&] { return fixture.page->findChild<TextDialog*>() != nullptr; }));
        auto* dialog = fixture.page->findChild<TextDialog*>();
        QVERIFY(dialog->findChild<QPlainTextEdit*>()->toPlainText().startsWith('{'));
        QTest::mouseClick(buttonCalled(*dialog, "Save to a file"), Qt::LeftButton);
        auto* chooser = dialog->findChild<QFileDialog*>();
        const QString path = fixture.folder() + "/proof.json";
        emit chooser->fileSelected(path);
        chooser->close();
        QVERIFY(waitUntil([&] { return QFile::exists(path); }));
        QVERIFY(waitUntil([&] { return readFile(path, 1U << 20U).value_or("").size() > 100; }));
        fixture.window().lock();
        QVERIFY(waitUntil([&] { return fixture.page->findChild<TextDialog*>() == nullptr; }));
    }

    void aCheckpointIsCompared()
    {
        AuditFixture fixture;
        QVERIFY(fixture.show());
        QTest::mouseClick(buttonCalled(*fixture.page, "Checkpoint"), Qt::LeftButton);
        QVERIFY(waitUntil([&] { return fixture.page->findChild<TextDialog*>() != nullptr; }));
        auto* dialog = fixture.page->findChild<TextDialog*>();
        const QString path = fixture.folder() + "/kept";
        dialog->saveTo(path);
        QVERIFY(waitUntil([&] { return QFile::exists(path); }));
        dialog->accept();
        fixture.page->verify(path);
        QVERIFY(fixture.idle());
        const JobsModel& jobs = fixture.window().session().jobs();
        QVERIFY(jobs.job(0)->line().contains("grown"));
        QVERIFY(writeFile(path, "no checkpoint").has_value());
        fixture.page->verify(path);
        QVERIFY(fixture.idle());
        QCOMPARE(jobs.job(0)->state(), JobState::Failed);
    }

    void entriesAreExportedWithAManifest()
    {
        AuditFixture fixture;
        QVERIFY(fixture.show());
        const QString path = fixture.folder() + "/audit.csv";
        fixture.page->exportTo(path);
        QVERIFY(fixture.idle());
        const std::string written = readFile(path, 1U << 20U).value_or("");
        QVERIFY(std::ranges::count(written, '\n') >= fixture.model->rowCount());
        QVERIFY(QFile::exists(path + ".manifest.json"));
    }
};

CARMA_TEST_CLASS(TestGuiAudit, "test_audit_page")

#include "test_audit_page.moc"
