// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/text.h"
#include "frame/picture_samples.h"
#include "gui_support.h"
#include "pages/audit_page.h"
#include "pages/healing_page.h"
#include "pages/holds_dialog.h"
#include "pages/hypotheses_pane.h"
#include "pages/invoice_change_dialog.h"
#include "pages/invoices_pane.h"
#include "support/test_main.h"

#include <carma/clock.h>

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QDir>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QTest>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

namespace {

constexpr std::size_t kGuesses = 4;

bool fill(WindowFixture& fixture)
{
    std::optional<Result<void>> filled;
    fixture.window().session().ask(
        &fixture.window(), [](Store& store) { return fillSamples(store, systemClock().wallTimeUs()); },
        [&filled](const Result<void>& done) { filled = done; });
    return waitUntil([&filled] { return filled.has_value(); }) && filled->has_value();
}

/// Chooses the first row whose column `column` reads `word`.
bool choose(QTableView* table, int column, const QString& word)
{
    for (int row = 0; row < table->model()->rowCount(); ++row) {
        if (table->model()->index(row, column).data().toString() == word) {
            table->selectRow(row);
            return true;
        }
    }
    return false;
}

int count(const QTableView* table, int column, const QString& word)
{
    int found = 0;
    for (int row = 0; row < table->model()->rowCount(); ++row) {
        found += table->model()->index(row, column).data().toString() == word ? 1 : 0;
    }
    return found;
}

} // namespace

/// What an operator decides: whether a guess is kept, what becomes of an invoice, what is held.
class TestGuiDecisions : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { needApplication(); }

    void aGuessIsRejectedOrKept()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        std::optional<bool> ready; // guesses need an index that knows the words
        fixture.window().session().ask(
            &fixture.window(),
            [](Store& store) {
                const std::string corpus = std::string(CARMA_SOURCE_DIR) + "/resources/samples/corpus/chats";
                return store.memory().ingest({corpus}, {}, {}).has_value() && store.seal().has_value() &&
                    store.memory().query("choir", {}).has_value();
            },
            [&ready](bool done) { ready = done; });
        QVERIFY(waitUntil([&] { return ready.has_value(); }) && *ready);
        for (const char* folder : {"0", "2", "5"}) { // one more than redundancy brings back
            QVERIFY(QDir(fixture.storePath() + "/shards/" + folder).removeRecursively());
        }
        fixture.window().goTo("healing", "hypotheses");
        fixture.window().findChild<HealingPage*>()->heal();
        QVERIFY(fixture.idle());
        auto* pane = fixture.window().findChild<HypothesesPane*>();
        pane->look(kGuesses);
        QVERIFY(fixture.idle());
        QVERIFY(waitUntil([&] { return pane->model()->rowCount() > 1; }));
        const int before = pane->model()->rowCount();
        const auto guesses = pane->model()->rows();
        const auto known = std::ranges::find_if(guesses, [](const Hypothesis& each) { return !each.text.empty() && !each.isProven; });
        QVERIFY2(known != guesses.end(), guesses.front().problem.c_str());
        tableCalled(*pane, "Hypotheses")->selectRow(static_cast<int>(known - guesses.begin()));
        QPushButton* reject = buttonCalled(*pane, "Reject");
        QVERIFY(reject->isEnabled());
        const std::string rejected = toString(known->lost.id);
        QTest::mouseClick(reject, Qt::LeftButton);
        QVERIFY(fixture.idle());
        QVERIFY(waitUntil([&] { return pane->model()->rowCount() == before - 1; }));
        pane->look(kGuesses);
        QVERIFY(fixture.idle());
        QCOMPARE(pane->model()->find(rejected), -1);
        pane->findChild<QCheckBox*>()->setChecked(true);
        pane->look(kGuesses);
        QVERIFY(fixture.idle());
        QVERIFY(waitUntil([&] { return pane->model()->find(rejected) >= 0; }));
        QVERIFY(pane->model()->row(pane->model()->find(rejected))->isRejected);
        for (int row = 0; row < pane->model()->rowCount(); ++row) { // one that was not rejected is kept
            if (!pane->model()->row(row)->isRejected && !pane->model()->row(row)->text.empty()) {
                tableCalled(*pane, "Hypotheses")->selectRow(row);
            }
        }
        QTest::mouseClick(buttonCalled(*pane, "Keep as a new memory"), Qt::LeftButton);
        QVERIFY(fixture.idle());
        bool found = false;
        fixture.window().session().ask(
            &fixture.window(), [](Store& store) { return store.memory().list({}); },
            [&found](const Result<std::vector<DocumentSummary>>& list) {
                for (const DocumentSummary& each : list ? *list : std::vector<DocumentSummary>{}) {
                    found = found || std::ranges::find(each.tags, "hypothesis") != each.tags.end() ||
                        std::ranges::find(each.tags, "recovered") != each.tags.end();
                }
            });
        QVERIFY(waitUntil([&] { return found; }));
    }

    void anInvoiceIsMadeVoidAndCredited()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        QVERIFY(fill(fixture));
        fixture.window().goTo("billing", "invoices");
        auto* pane = fixture.window().findChild<InvoicesPane*>();
        QTableView* table = tableCalled(*pane, "Invoices");
        QVERIFY(waitUntil([&] { return table->model()->rowCount() > 5; }));
        QPushButton* makeVoid = buttonCalled(*pane, "Void");
        QPushButton* credit = buttonCalled(*pane, "Credit note");
        QVERIFY(choose(table, 3, "draft"));
        QVERIFY(!makeVoid->isEnabled() && !credit->isEnabled());
        QVERIFY(choose(table, 3, "paid"));
        QVERIFY(!makeVoid->isEnabled() && credit->isEnabled());
        const int rows = table->model()->rowCount();
        QTest::mouseClick(credit, Qt::LeftButton);
        auto* note = pane->findChild<InvoiceChangeDialog*>();
        QVERIFY(note != nullptr);
        QPushButton* write = buttonCalled(*note, "Write the credit note");
        QVERIFY(!write->isEnabled());
        lineCalled(*note, "Reason")->setText("late delivery");
        lineCalled(*note, "Amount")->setText("999999");
        QVERIFY(!write->isEnabled());
        lineCalled(*note, "Amount")->setText("1.50");
        QCOMPARE(note->amount(), std::optional<std::int64_t>(150));
        QTest::mouseClick(write, Qt::LeftButton);
        QVERIFY(waitUntil([&] { return table->model()->rowCount() == rows + 1; }));

        const int voids = count(table, 3, "void");
        bool done = false; // an invoice with a credit note cannot be void: try each that is final
        for (int row = 0; row < table->model()->rowCount() && !done; ++row) {
            table->selectRow(row);
            if (!makeVoid->isEnabled() || pane->chosen()->number == 5) {
                continue;
            }
            const QString title = table->model()->index(row, 0).data().toString();
            QTest::mouseClick(makeVoid, Qt::LeftButton);
            InvoiceChangeDialog* dialog = nullptr;
            for (auto* each : pane->findChildren<InvoiceChangeDialog*>()) {
                dialog = each->isVisible() ? each : dialog;
            }
            QVERIFY(dialog != nullptr);
            lineCalled(*dialog, "Reason")->setText("wrong customer");
            QPushButton* go = buttonCalled(*dialog, "Make void");
            QVERIFY(!go->isEnabled());
            lineCalled(*dialog, "Confirmation")->setText(title);
            QTest::mouseClick(go, Qt::LeftButton);
            done = true;
        }
        QVERIFY(done);
        QVERIFY(waitUntil([&] { return count(table, 3, "void") == voids + 1; }));
    }

    void whatIsHeldIsNotForgotten()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        fixture.window().goTo("audit");
        auto* page = fixture.window().findChild<AuditPage*>();
        QTest::mouseClick(buttonCalled(*page, "Legal holds"), Qt::LeftButton);
        auto* dialog = page->findChild<HoldsDialog*>();
        QVERIFY(dialog != nullptr);
        new QAbstractItemModelTester(
            const_cast<HoldsModel*>(dialog->model()), QAbstractItemModelTester::FailureReportingMode::QtTest, dialog);
        QPushButton* hold = buttonCalled(*dialog, "Hold");
        QVERIFY(!hold->isEnabled());
        lineCalled(*dialog, "What is held")->setText("default");
        QVERIFY(!hold->isEnabled());
        lineCalled(*dialog, "Reason")->setText("case 12");
        QTest::mouseClick(hold, Qt::LeftButton);
        QVERIFY(waitUntil([&] { return dialog->model()->rowCount() == 1; }));
        QCOMPARE(dialog->model()->index(0, 0).data().toString(), QString("default"));
        std::optional<Result<ForgetReport>> forgotten;
        fixture.window().session().ask(
            &fixture.window(),
            [](Store& store) -> Result<ForgetReport> {
                CARMA_TRY_ASSIGN(const auto list, store.memory().list({}));
                return store.memory().forget({list.front().id}, {}, {});
            },
            [&forgotten](const Result<ForgetReport>& report) { forgotten = report; });
        QVERIFY(waitUntil([&] { return forgotten.has_value(); }));
        QVERIFY(!forgotten->has_value());
        tableCalled(*dialog, "Legal holds")->selectRow(0);
        lineCalled(*dialog, "Reason")->setText("closed");
        QTest::mouseClick(buttonCalled(*dialog, "Release the chosen hold"), Qt::LeftButton);
        QVERIFY(waitUntil([&] { return dialog->model()->rowCount() == 0; }));
    }
};

CARMA_TEST_CLASS(TestGuiDecisions, "test_decisions")

#include "test_decisions.moc"
