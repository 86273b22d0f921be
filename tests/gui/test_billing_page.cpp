// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/files.h"
#include "app/text.h"
#include "frame/picture_samples.h"
#include "frame/widgets.h"
#include "gui_support.h"
#include "pages/billing_page.h"
#include "pages/close_month_dialog.h"
#include "pages/invoices_pane.h"
#include "pages/plans_pane.h"
#include "pages/usage_chart.h"
#include "pages/usage_pane.h"
#include "support/test_main.h"

#include <carma/clock.h>

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QFile>
#include <QFileDialog>
#include <QLineEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QTableView>
#include <QTest>

#include <numeric>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

namespace {

constexpr auto kStrict = QAbstractItemModelTester::FailureReportingMode::QtTest;

/// A window whose store has customers, usage and invoices, at the page Billing.
struct BillingFixture : WindowFixture {
    BillingPage* page = nullptr;
    bool show()
    {
        if (!open()) {
            return false;
        }
        std::optional<Result<void>> filled;
        window().session().ask(
            &window(), [](Store& store) { return fillSamples(store, systemClock().wallTimeUs()); },
            [&filled](const Result<void>& done) { filled = done; });
        if (!waitUntil([&filled] { return filled.has_value(); }) || !*filled) {
            return false;
        }
        window().goTo("billing");
        page = window().findChild<BillingPage*>();
        return waitUntil([this] { return table("Usage")->model()->rowCount() > 0; });
    }
    [[nodiscard]] QTableView* table(const QString& name) const { return tableCalled(*page, name); }
    [[nodiscard]] QComboBox* box(const QString& name) const
    {
        for (QComboBox* each : page->findChildren<QComboBox*>()) {
            if (each->accessibleName() == name) {
                return each;
            }
        }
        return nullptr;
    }
    [[nodiscard]] int inState(const QString& state) const
    {
        const QAbstractItemModel* model = table("Invoices")->model();
        int count = 0;
        for (int row = 0; row < model->rowCount(); ++row) {
            count += model->index(row, 3).data().toString() == state ? 1 : 0;
        }
        return count;
    }
};

} // namespace

/// The page Billing and its models.
class TestGuiBilling : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { needApplication(); }

    void modelsAreSound()
    {
        QObject parent;
        UsageModel* usage = makeUsageModel(&parent);
        InvoicesModel* invoices = makeInvoicesModel(&parent);
        LinesModel* lines = makeLinesModel([] { return Currency{"JPY", 0}; }, &parent);
        EventsModel* events = makeEventsModel(&parent);
        PlansModel* plans = makePlansModel(&parent);
        SubscriptionsModel* subscriptions = makeSubscriptionsModel(&parent);
        for (QAbstractItemModel* model : std::initializer_list<QAbstractItemModel*>{usage, invoices, lines, events, plans, subscriptions}) {
            new QAbstractItemModelTester(model, kStrict, &parent);
        }
        usage->setRows(std::vector<UsageRollup>(2));
        events->setRows(std::vector<UsageEvent>(2));
        plans->setRows(std::vector<Plan>(1));
        subscriptions->setRows(std::vector<Subscription>(1));
        InvoiceLine line;
        line.amount = 1234;
        lines->setRows({line});
        QCOMPARE(lines->index(0, 3).data().toString(), QString("1234 JPY"));
        Invoice draft;
        Invoice written;
        written.number = 7;
        written.currency = {"EUR", 2};
        written.total = -5;
        invoices->setRows({draft, written});
        QCOMPARE(invoices->index(0, 0).data().toString(), QString("Draft"));
        QCOMPARE(invoices->index(1, 0).data().toString(), QString("INV-000007"));
        QCOMPARE(invoices->index(1, 5).data().toString(), QString("-0.05 EUR"));
    }

    void aMonthIsDrawnByDay()
    {
        BillingFixture fixture;
        QVERIFY(fixture.show());
        const auto* chart = fixture.page->findChild<UsageChart*>();
        fixture.box("Month")->setCurrentIndex(1); // the last one is whole
        QVERIFY(waitUntil([&] { return std::ranges::count(chart->days(), 0.0) == 0 && chart->days().size() >= 28; }));
        const double all = std::accumulate(chart->days().begin(), chart->days().end(), 0.0);
        auto* customers = fixture.box("Customer");
        customers->setCurrentText("museum");
        QVERIFY(waitUntil([&] { return std::accumulate(chart->days().begin(), chart->days().end(), 0.0) < all; }));
        const QAbstractItemModel* sums = fixture.table("Usage")->model();
        for (int row = 0; row < sums->rowCount(); ++row) {
            QCOMPARE(sums->index(row, 0).data().toString(), QString("museum"));
        }
    }

    void linesDrillDownToEvents()
    {
        BillingFixture fixture;
        QVERIFY(fixture.show());
        tabsOf(*fixture.page)->setCurrentIndex(1);
        const auto* events = fixture.table("Events of the line")->model();
        QVERIFY(waitUntil([&] { return events->rowCount() > 0; }));
        const QString first = events->index(0, 1).data().toString();
        auto* lines = fixture.table("Lines of the invoice");
        lines->selectRow(0); // flat: counts nothing
        QVERIFY(waitUntil([&] { return events->rowCount() == 0; }));
        QTest::keyClick(lines, Qt::Key_Down);
        QVERIFY(waitUntil([&] { return events->rowCount() > 0 && events->index(0, 1).data().toString() == first; }));
    }

    void aMonthThatRunsCannotBeClosed()
    {
        BillingFixture fixture;
        QVERIFY(fixture.show());
        QTest::mouseClick(buttonCalled(*fixture.page, "Close the month"), Qt::LeftButton);
        auto* dialog = fixture.page->findChild<CloseMonthDialog*>();
        QVERIFY(dialog != nullptr);
        QVERIFY(!buttonCalled(*dialog, "Make final")->isEnabled());
    }

    void aMonthIsClosedPaidAndExported()
    {
        BillingFixture fixture;
        QVERIFY(fixture.show());
        fixture.box("Month")->setCurrentIndex(1);
        QVERIFY(waitUntil([&] { return fixture.inState("draft") == 2; }));
        const int final = fixture.inState("final");
        QTest::mouseClick(buttonCalled(*fixture.page, "Close the month"), Qt::LeftButton);
        QTest::mouseClick(buttonCalled(*fixture.page->findChild<CloseMonthDialog*>(), "Make final"), Qt::LeftButton);
        QVERIFY(fixture.idle());
        QVERIFY(waitUntil([&] { return fixture.inState("draft") == 0 && fixture.inState("final") == final + 2; }));
        const int paid = fixture.inState("paid");
        auto* table = fixture.table("Invoices");
        for (int row = 0; row < table->model()->rowCount(); ++row) { // a credit note is not paid
            table->selectRow(row);
            if (buttonCalled(*fixture.page, "Mark as paid")->isEnabled()) {
                break;
            }
        }
        QTest::mouseClick(buttonCalled(*fixture.page, "Mark as paid"), Qt::LeftButton);
        QVERIFY(waitUntil([&] { return fixture.inState("paid") == paid + 1; }));
        for (const auto& [name, begin] : {std::pair{"a.pdf", "%PDF"}, {"a.csv", ""}, {"a.json", "{"}}) {
            const QString path = fixture.folder() + '/' + name;
            QTest::mouseClick(buttonCalled(*fixture.page, "Export"), Qt::LeftButton);
            auto* chooser = fixture.page->findChild<QFileDialog*>();
            emit chooser->fileSelected(path);
            delete chooser;
            QVERIFY(waitUntil([&] { return QFile::exists(path); }));
            QVERIFY(readFile(path, 1U << 20U).value_or("").starts_with(begin));
            QCOMPARE(readFile(path, 1U << 20U).value_or("").starts_with("%PDF"), path.endsWith(".pdf"));
        }
    }

    void plansAreAddedAndSubscribed()
    {
        BillingFixture fixture;
        QVERIFY(fixture.show());
        fixture.page->open("plans");
        const auto* plans = fixture.table("Plans")->model();
        const int before = plans->rowCount();
        const QString path = fixture.folder() + "/plan.json";
        QVERIFY(writeFile(path, R"({"carma_plan": 1, "id": "gold", "currency": "EUR", "effective_from": "2020-01-01", "surprise": 1})"));
        auto* pane = fixture.page->findChild<PlansPane*>();
        pane->addPlan(path);
        QVERIFY(waitUntil([&] { return fixture.window().findChild<ProblemPanel*>()->problem().why.contains("surprise"); }));
        QVERIFY(writeFile(path, R"({"carma_plan": 1, "id": "gold", "currency": "EUR", "effective_from": "2020-01-01", "flat": "9.00"})"));
        pane->addPlan(path);
        QVERIFY(waitUntil([&] { return plans->rowCount() == before + 1; }));
        const auto* subscriptions = fixture.table("Subscriptions")->model();
        const int subscribed = subscriptions->rowCount();
        QTest::mouseClick(buttonCalled(*fixture.page, "Subscribe a customer"), Qt::LeftButton);
        auto* dialog = pane->findChild<SubscribeDialog*>();
        QTest::keyClicks(lineCalled(*dialog, "Customer"), "new customer");
        QTest::mouseClick(buttonCalled(*dialog, "Subscribe"), Qt::LeftButton);
        QVERIFY(waitUntil([&] { return subscriptions->rowCount() == subscribed + 1; }));
    }

    void anEmptyStoreGivesAdvice()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        fixture.window().goTo("billing");
        auto* page = fixture.window().findChild<BillingPage*>();
        QPushButton* on = buttonCalled(*page, "Turn metering on");
        QVERIFY(on != nullptr);
        QTest::mouseClick(on, Qt::LeftButton);
        QVERIFY(waitUntil([&] { return buttonCalled(*page, "Turn metering off") != nullptr; }));
    }
};

CARMA_TEST_CLASS(TestGuiBilling, "test_billing_page")

#include "test_billing_page.moc"
