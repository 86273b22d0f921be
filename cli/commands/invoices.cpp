// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing_words.h"
#include "files.h"
#include "registry.h"
#include "table.h"
#include "text.h"

#include <charconv>
#include <fmt/format.h>

namespace carma::cli {

namespace {

Json toJson(const Invoice& invoice)
{
    const auto text = exportInvoice(invoice, InvoiceForm::Json);
    return text.has_value() ? Json::parse(*text) : Json();
}

class InvoicesCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "invoices"; }
    CommandHelp help() const override
    {
        return {"billing", "draft, finalise, pay, void, credit and export invoices",
            "invoices draft --period MONTH shows what is to be billed, for one --customer or for all. invoices finalise --period MONTH "
            "makes "
            "it final: numbered without a gap, and changed by nothing after. --digest TEXT refuses if the draft is not the one that was "
            "looked at. What is used late is billed with the next invoice, in a line that names its month.\n\n"
            "invoices pay NUMBER and invoices void NUMBER --reason TEXT end it; what a void invoice billed is billed again. invoices "
            "credit "
            "NUMBER --reason TEXT writes a credit note, over all that is left or --amount. invoices events NUMBER --line N shows the "
            "events "
            "behind a line. invoices export NUMBER --form pdf --out FILE writes it; --form also knows csv and json.",
            {"carma invoices draft --period 2026-10", "carma invoices finalise --period 2026-10 --customer anna",
                "carma invoices credit INV-000001 --amount 5.95 --reason 'outage'", "carma invoices events INV-000001 --line 2",
                "carma invoices export INV-000001 --form pdf --out invoice.pdf"},
            {ExitCode::Failed, ExitCode::NotFound, ExitCode::Unhealed, ExitCode::WrongKey, ExitCode::Busy, ExitCode::DamagedStore,
                ExitCode::Cancelled}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional(
            "ACTION", m_words, "draft, finalise, list; show, pay, void, credit, events or export with a number, INV-000001 or CN-000001");
        arguments.option("--customer", m_customer, "NAME", "draft, finalise, list: only this customer");
        arguments.option("--period", m_period, "MONTH", "draft, finalise, list: the month, 2026-10 (UTC)");
        arguments.option("--digest", m_digest, "TEXT", "finalise: the digest of the draft that was looked at");
        arguments.option("--amount", m_amount, "MONEY", "credit: so much, tax included");
        arguments.option("--reason", m_reason, "TEXT", "pay, void, credit: how or why");
        arguments.option("--line", m_line, "N", "events: of this line, counted from 1");
        arguments.option("--form", m_form, "FORM", "export: pdf, csv or json").choices = {"pdf", "csv", "json"};
        arguments.option("--out", m_out, "FILE", "export: write to this file").kind = ValueKind::File;
        arguments.flag("--dry-run", m_dryRun, "check everything, write nothing");
    }
    Result<void> validate(const GlobalOptions& global) override;

private:
    bool writes() const override
    {
        return !m_dryRun && (m_action == "finalise" || m_action == "pay" || m_action == "void" || m_action == "credit");
    }
    bool gathers() const override { return m_action == "draft" && !m_dryRun; }
    Result<ExitCode> runWith(Store& store, Session& session) override;
    Result<ExitCode> draftOrFinalise(Billing& billing, Session& session) const;
    Result<ExitCode> list(Billing& billing, Session& session) const;
    Result<ExitCode> change(Billing& billing, Session& session) const;
    Result<ExitCode> events(Billing& billing, const Invoice& invoice, Session& session) const;
    Result<ExitCode> exportOne(const Invoice& invoice, Session& session) const;
    void print(const Invoice& invoice, Session& session) const;

    std::vector<std::string> m_words;
    std::string m_action, m_customer, m_digest, m_reason;
    std::optional<std::string> m_period, m_amount, m_line, m_out;
    std::string m_form = "json";
    bool m_dryRun = false;
    std::optional<Month> m_month;
    std::pair<std::uint64_t, bool> m_number;
};

Result<void> InvoicesCommand::validate(const GlobalOptions& /*global*/)
{
    CARMA_TRY_ASSIGN(
        m_action, actionOf("invoices", m_words, {"draft", "finalise", "list", "show", "pay", "void", "credit", "events", "export"}));
    const bool whole = m_action == "draft" || m_action == "finalise" || m_action == "list";
    if (m_words.size() != (whole ? 1U : 2U)) {
        return Error{ErrorCode::InvalidArgument, fmt::format("invoices {} takes {}", m_action, whole ? "nothing more" : "one number")};
    }
    if (!whole) {
        CARMA_TRY_ASSIGN(m_number, parseNumber(m_words[1]));
    }
    if (m_period) {
        CARMA_TRY_ASSIGN(m_month, Month::parse(*m_period));
    } else if (whole && m_action != "list") {
        return Error{ErrorCode::InvalidArgument, fmt::format("invoices {} needs --period, a month", m_action)};
    }
    if (!m_digest.empty() && m_customer.empty()) {
        return Error{ErrorCode::InvalidArgument, "--digest needs --customer: each draft has its own"};
    }
    const bool ends = m_action == "pay" || m_action == "void" || m_action == "credit";
    if (ends && m_number.second) {
        return Error{ErrorCode::InvalidArgument, "a credit note is final as it is"};
    }
    return {};
}

void InvoicesCommand::print(const Invoice& invoice, Session& session) const
{
    Printer& printer = session.printer();
    printer.line(fmt::format("{}  {}  {}  {}", printer.bold(title(invoice)), escapeLine(invoice.customer), toString(invoice.period),
        carma::name(invoice.state)));
    Table table({{"#", true}, {"kind"}, {"quantity", true}, {invoice.currency.code, true}, {"text"}});
    std::size_t number = 0;
    for (const InvoiceLine& line : invoice.lines) {
        table.add({std::to_string(++number), std::string(carma::name(line.kind)), line.meter.empty() ? "" : toString(line.quantity),
            formatMinor(line.amount, invoice.currency), line.text});
    }
    table.print(printer);
    printer.line(fmt::format("total {}", moneyOf(invoice.total, invoice.currency)));
    if (invoice.state == InvoiceState::Draft) {
        printer.extra("digest " + digestOf(invoice));
    }
    printer.line();
}

Result<ExitCode> InvoicesCommand::draftOrFinalise(Billing& billing, Session& session) const
{
    std::vector<std::string> customers{m_customer};
    if (m_customer.empty()) {
        CARMA_TRY_ASSIGN(customers, billing.customersOf(*m_month));
    }
    Json list = Json::array();
    ExitCode exit = ExitCode::Ok;
    for (const std::string& customer : customers) {
        CARMA_TRY_ASSIGN(const bool billed, billing.isBilled(customer, *m_month));
        if (m_customer.empty() && billed) {
            continue;
        }
        auto invoice = billing.draft(customer, *m_month);
        if (invoice.has_value() && m_customer.empty() && invoice->lines.empty()) {
            continue; // nothing to bill
        }
        if (invoice.has_value() && m_action == "finalise" && !m_dryRun) {
            invoice = billing.finalise(customer, *m_month, m_digest.empty() ? digestOf(*invoice) : m_digest);
        }
        if (!invoice.has_value() && m_customer.empty()) {
            session.printer().warning(escapeLine(customer) + ": " + escapeLine(invoice.error().message));
            exit = ExitCode::Failed; // the others go on
            continue;
        }
        if (!invoice.has_value()) {
            return invoice.error();
        }
        list.push_back(toJson(*invoice));
        print(*invoice, session);
    }
    session.printer().document(list);
    session.printer().extra(counted(list.size(), m_action == "draft" || m_dryRun ? "draft" : "invoice"));
    return exit;
}

Result<ExitCode> InvoicesCommand::list(Billing& billing, Session& session) const
{
    CARMA_TRY_ASSIGN(const auto invoices, billing.invoices({m_customer, m_month}));
    Json list = Json::array();
    Table table({{"number"}, {"period"}, {"state"}, {"issued"}, {"total", true}, {"customer"}});
    for (const Invoice& each : invoices) {
        list.push_back(toJson(each));
        table.add({title(each), toString(each.period), std::string(carma::name(each.state)), formatUtc(each.issuedUs),
            moneyOf(each.total, each.currency), each.customer});
    }
    session.printer().document(list);
    table.print(session.printer());
    return ExitCode::Ok;
}

Result<ExitCode> InvoicesCommand::change(Billing& billing, Session& session) const
{
    CARMA_TRY_ASSIGN(const Invoice before, billing.invoice(m_number.first, false));
    std::optional<std::int64_t> amount;
    if (m_amount) {
        CARMA_TRY_ASSIGN(amount, parseMinor(*m_amount, before.currency));
    }
    if (m_action == "void" && !m_dryRun) {
        CARMA_TRY_ASSIGN(const bool agreed,
            session.confirmed(fmt::format("{} over {} will be void for good.", title(before), moneyOf(before.total, before.currency))));
        if (!agreed) {
            return Error{ErrorCode::Cancelled, "nothing was changed"};
        }
    }
    CARMA_TRY_ASSIGN(const Invoice after,
        m_action == "pay"        ? billing.pay(m_number.first, m_reason, m_dryRun)
            : m_action == "void" ? billing.cancel(m_number.first, m_reason, m_dryRun)
                                 : billing.credit(m_number.first, amount, m_reason, m_dryRun));
    Json document = toJson(after);
    document["dry_run"] = m_dryRun;
    session.printer().document(document);
    print(after, session);
    if (m_dryRun) {
        session.printer().extra("nothing was written");
    }
    return ExitCode::Ok;
}

Result<ExitCode> InvoicesCommand::events(Billing& billing, const Invoice& invoice, Session& session) const
{
    std::size_t line = 0;
    const std::string text = m_line.value_or("");
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), line);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || line == 0) {
        return Error{ErrorCode::InvalidArgument, "invoices events needs --line, counted from 1"};
    }
    Json list = Json::array();
    std::uint64_t count = 0;
    CARMA_TRY(billing.eventsOf(invoice, line - 1, [&](const UsageEvent& event) -> Result<bool> {
        ++count;
        showEvent(event, session.printer(), list);
        return !session.stopped();
    }));
    session.printer().document(list);
    session.printer().extra(counted(count, "event"));
    return ExitCode::Ok;
}

Result<ExitCode> InvoicesCommand::exportOne(const Invoice& invoice, Session& session) const
{
    const InvoiceForm form = m_form == "pdf" ? InvoiceForm::Pdf : m_form == "csv" ? InvoiceForm::Csv : InvoiceForm::Json;
    CARMA_TRY_ASSIGN(const std::string bytes, exportInvoice(invoice, form));
    CARMA_TRY(writeText(session, m_out, bytes));
    return ExitCode::Ok;
}

Result<ExitCode> InvoicesCommand::runWith(Store& store, Session& session)
{
    Billing& billing = store.billing();
    if (m_action == "draft" || m_action == "finalise") {
        return draftOrFinalise(billing, session);
    }
    if (m_action == "list") {
        return list(billing, session);
    }
    if (m_action == "pay" || m_action == "void" || m_action == "credit") {
        return change(billing, session);
    }
    CARMA_TRY_ASSIGN(const Invoice invoice, billing.invoice(m_number.first, m_number.second));
    if (m_action == "events") {
        return events(billing, invoice, session);
    }
    if (m_action == "export") {
        return exportOne(invoice, session);
    }
    session.printer().document(toJson(invoice));
    print(invoice, session);
    return ExitCode::Ok;
}

} // namespace

std::unique_ptr<Command> makeInvoicesCommand() { return std::make_unique<InvoicesCommand>(); }

} // namespace carma::cli
