// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/carma_process.h"
#include "support/test_main.h"

#include <QTest>

using carma::test::Outcome;
using carma::test::Workplace;

/// From a plan to an invoice, through the built program.
class TestBillingCommands : public QObject {
    Q_OBJECT
private slots:
    void init();

    void usageBecomesAnInvoiceThatIsPaid();
    void aBadPlanIsToldWithItsPlaceAndNothingIsWritten();
    void dryRunsWriteNothing();
    void theStoreMetersItself();

private:
    std::unique_ptr<Workplace> m_place;
};

namespace {

QByteArray plan(const QByteArray& more = {})
{
    return QByteArray("{'carma_plan':1,'id':'team','currency':'EUR','effective_from':'2024-01-01','flat':'10',"
                      "'charges':[{'meter':'queries','model':'per_unit','price':'0.10'}]" +
        more + "}")
        .replace('\'', '"');
}

QByteArray used(const QByteArray& id, const QByteArray& value)
{
    return QByteArray(
        "{'source':'s','id':'" + id + "','customer':'anna','meter':'queries','value':'" + value + "','time':'2024-02-29T23:59:59Z'}\n")
        .replace('\'', '"');
}

} // namespace

void TestBillingCommands::init()
{
    m_place = std::make_unique<Workplace>();
    COMPARE_EXIT(m_place->run({"init", m_place->store()}), 0);
    m_place->write("plan.json", plan());
}

void TestBillingCommands::usageBecomesAnInvoiceThatIsPaid()
{
    COMPARE_EXIT(m_place->carma({"plans", "add", "plan.json"}), 0);
    COMPARE_EXIT(m_place->carma({"plans", "subscribe", "team", "--customer", "anna", "--from", "2024-02-01"}), 0);
    const Outcome recorded = m_place->carma({"usage", "record", "-", "--json"}, used("1", "25") + used("1", "25"));
    COMPARE_EXIT(recorded, 0);
    QCOMPARE(recorded.object().value("recorded").toInt(), 1);
    QCOMPARE(recorded.object().value("duplicates").toInt(), 1);
    const Outcome draft = m_place->carma({"invoices", "draft", "--period", "2024-02", "--json"});
    COMPARE_EXIT(draft, 0);
    QCOMPARE(draft.array().at(0).toObject().value("total").toString(), QString("12.50"));
    COMPARE_EXIT(m_place->carma({"invoices", "finalise", "--period", "2024-02", "--customer", "anna", "--digest", "0"}), 2);
    const Outcome final = m_place->carma({"invoices", "finalise", "--period", "2024-02", "--json"});
    COMPARE_EXIT(final, 0);
    const QJsonObject invoice = final.array().at(0).toObject();
    QCOMPARE(invoice.value("number").toString(), QString("INV-000001"));
    QCOMPARE(invoice.value("digest"), draft.array().at(0).toObject().value("digest"));
    const Outcome events = m_place->carma({"invoices", "events", "INV-000001", "--line", "2", "--json"});
    QCOMPARE(events.array().at(0).toObject().value("id").toString(), QString("1"));

    COMPARE_EXIT(m_place->carma({"usage", "record", "-"}, used("2", "5")), 0);
    const Outcome next = m_place->carma({"invoices", "draft", "--period", "2024-03", "--json"});
    const QJsonObject late = next.array().at(0).toObject().value("lines").toArray().at(1).toObject();
    QCOMPARE(late.value("kind").toString(), QString("adjustment"));
    QVERIFY(late.value("text").toString().startsWith("2024-02: "));

    COMPARE_EXIT(m_place->carma({"invoices", "void", "1", "--reason", "x"}), 2); // nobody can be asked
    COMPARE_EXIT(m_place->carma({"invoices", "credit", "1", "--amount", "2.50", "--reason", "outage"}), 0);
    COMPARE_EXIT(m_place->carma({"invoices", "pay", "1", "--reason", "bank"}), 0);
    COMPARE_EXIT(m_place->carma({"invoices", "void", "1", "--reason", "x", "--yes"}), 2); // it is paid
    QCOMPARE(m_place->carma({"invoices", "list", "--json"}).array().size(), 2);
    COMPARE_EXIT(m_place->carma({"invoices", "export", "1", "--form", "pdf", "--out", "a.pdf"}), 0);
    COMPARE_EXIT(m_place->carma({"invoices", "export", "1", "--form", "pdf", "--out", "b.pdf"}), 0);
    QVERIFY(m_place->read("a.pdf").startsWith("%PDF"));
    QCOMPARE(m_place->read("a.pdf"), m_place->read("b.pdf"));
    QVERIFY(m_place->carma({"invoices", "export", "CN-000001", "--form", "csv"}).out.contains("CN-000001,final"));
    COMPARE_EXIT(m_place->carma({"invoices", "show", "7"}), 3);
    COMPARE_EXIT(m_place->carma({"audit", "verify"}), 0);
}

void TestBillingCommands::aBadPlanIsToldWithItsPlaceAndNothingIsWritten()
{
    m_place->write("bad.json", plan(",'cap':'-1'"));
    const QByteArray before = carma::test::hashOfFolder(m_place->store() + "/shards");
    const Outcome checked = m_place->carma({"plans", "check", "bad.json"});
    COMPARE_EXIT(checked, 2);
    QVERIFY2(checked.err.contains("/cap: a price is never negative"), checked.err.constData());
    QCOMPARE(carma::test::hashOfFolder(m_place->store() + "/shards"), before);
    COMPARE_EXIT(m_place->carma({"plans", "add", "bad.json"}), 2);
    QCOMPARE(m_place->carma({"plans", "list", "--json"}).array().size(), 0);
    const QJsonArray refused = m_place->carma({"audit", "list", "--outcome", "refused", "--json"}).array();
    QCOMPARE(refused.size(), 1);
    QCOMPARE(refused.at(0).toObject().value("action").toString(), QString("plan.add"));
}

void TestBillingCommands::dryRunsWriteNothing()
{
    COMPARE_EXIT(m_place->carma({"plans", "add", "plan.json"}), 0);
    const QByteArray before = carma::test::hashOfFolder(m_place->store() + "/shards");
    COMPARE_EXIT(m_place->carma({"plans", "subscribe", "team", "--customer", "anna", "--from", "2024-02-01", "--dry-run"}), 0);
    COMPARE_EXIT(m_place->carma({"plans", "subscribe", "none", "--customer", "anna", "--from", "2024-02-01", "--dry-run"}), 3);
    COMPARE_EXIT(m_place->carma({"usage", "record", "-", "--dry-run"}, used("1", "25")), 0);
    COMPARE_EXIT(m_place->carma({"usage", "record", "-", "--dry-run"}, "{}\n"), 2);
    COMPARE_EXIT(m_place->carma({"invoices", "finalise", "--period", "2024-02", "--dry-run"}), 0);
    QCOMPARE(carma::test::hashOfFolder(m_place->store() + "/shards"), before);
}

void TestBillingCommands::theStoreMetersItself()
{
    COMPARE_EXIT(m_place->carma({"usage", "metering", "on"}), 0);
    COMPARE_EXIT(m_place->carma({"remember", "Something to be counted", "--namespace", "anna"}), 0);
    const QJsonArray events = m_place->carma({"usage", "list", "--customer", "anna", "--meter", "fragments", "--json"}).array();
    QCOMPARE(events.size(), 1);
    QCOMPARE(events.at(0).toObject().value("value").toString(), QString("1"));
    for (int i = 0; i < 3; ++i) { // open for reading only, each a process of its own
        COMPARE_EXIT(m_place->carma({"query", "counted", "--namespace", "anna"}), 0);
    }
    QCOMPARE(m_place->carma({"usage", "list", "--customer", "anna", "--meter", "queries", "--json"}).array().size(), 3);
    QCOMPARE(m_place->carma({"usage", "list", "--customer", "anna", "--meter", "queries", "--json"}).array().size(), 3);
}

CARMA_TEST_CLASS(TestBillingCommands, "test_billing_commands")
#include "test_billing_commands.moc"
