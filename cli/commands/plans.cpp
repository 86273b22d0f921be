// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing_words.h"
#include "files.h"
#include "registry.h"
#include "table.h"
#include "text.h"

#include <fmt/format.h>
#include <limits>

namespace carma::cli {

namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max(); // Subscription::toUs without an end

std::string dayOrNothing(std::int64_t timeUs) { return timeUs == kNever ? std::string() : formatUtc(timeUs); }

Json toJson(const Plan& plan)
{
    return Json{{"id", plan.id}, {"text", plan.text}, {"currency", plan.currency.code}, {"effective_from", formatUtc(plan.fromUs)},
        {"effective_to", dayOrNothing(plan.toUs)}, {"flat", toString(plan.flat)}, {"charges", plan.charges.size()}};
}

class PlansCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "plans"; }
    CommandHelp help() const override
    {
        return {"billing", "what things cost, and who is subscribed to what",
            "A plan is a JSON file: core/docs/billing.md has every field. plans check FILE reads one and says what is wrong with it, with "
            "the place as a JSON pointer; plans add FILE adds it. A later version of the same id counts from its effective_from on; "
            "nothing "
            "changes a month that has a final invoice. plans list shows all, plans show ID the document.\n\n"
            "plans subscribe ID --customer NAME --from DAY ends the customer's earlier subscription on that day. plans unsubscribe "
            "--customer NAME --from DAY ends it. plans subscriptions lists. plans credit AMOUNT --customer NAME gives prepaid credit.",
            {"carma plans check team.json", "carma plans add team.json", "carma plans subscribe team --customer anna --from 2026-10-01",
                "carma plans credit 25.00 --customer anna --reason goodwill"},
            {ExitCode::Failed, ExitCode::NotFound, ExitCode::WrongKey, ExitCode::Busy, ExitCode::DamagedStore}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional(
            "ACTION", m_words, "check FILE, add FILE, list, show ID, subscribe ID, unsubscribe, subscriptions or credit AMOUNT");
        arguments.option("--customer", m_customer, "NAME", "whom it is for");
        arguments.option("--from", m_from, "DAY", "the first day, 2026-10-01 (UTC)");
        arguments.option("--to", m_to, "DAY", "subscribe: ends before this day");
        arguments.option("--reason", m_reason, "TEXT", "credit: why");
        arguments.flag("--dry-run", m_dryRun, "check everything, write nothing");
    }
    Result<void> validate(const GlobalOptions& global) override;

private:
    bool writes() const override
    {
        return !m_dryRun && (m_action == "add" || m_action == "subscribe" || m_action == "unsubscribe" || m_action == "credit");
    }
    Result<ExitCode> runWith(Store& store, Session& session) override;
    Result<ExitCode> addOrCheck(Billing& billing, Session& session) const;
    Result<ExitCode> list(Billing& billing, Session& session) const;
    Result<ExitCode> show(Billing& billing, Session& session) const;
    Result<ExitCode> subscribe(Billing& billing, Session& session) const;
    Result<ExitCode> subscriptions(Billing& billing, Session& session) const;
    Result<ExitCode> credit(Billing& billing, Session& session) const;

    std::vector<std::string> m_words;
    std::string m_action, m_customer, m_reason;
    std::optional<std::string> m_from, m_to;
    bool m_dryRun = false;
    std::int64_t m_fromUs = 0, m_toUs = kNever;
};

Result<void> PlansCommand::validate(const GlobalOptions& /*global*/)
{
    CARMA_TRY_ASSIGN(
        m_action, actionOf("plans", m_words, {"check", "add", "list", "show", "subscribe", "unsubscribe", "subscriptions", "credit"}));
    const bool takesWord = m_action == "check" || m_action == "add" || m_action == "show" || m_action == "subscribe" ||
        m_action == "credit";
    if (m_words.size() != (takesWord ? 2U : 1U)) {
        return Error{
            ErrorCode::InvalidArgument, fmt::format("plans {} takes {}", m_action, takesWord ? "one file, id or amount" : "nothing more")};
    }
    const bool dated = m_action == "subscribe" || m_action == "unsubscribe";
    if ((dated || m_action == "credit") && m_customer.empty()) {
        return Error{ErrorCode::InvalidArgument, fmt::format("plans {} needs --customer", m_action)};
    }
    if (dated && !m_from) {
        return Error{ErrorCode::InvalidArgument, fmt::format("plans {} needs --from, a day", m_action)};
    }
    if (m_from) {
        CARMA_TRY_ASSIGN(m_fromUs, parseUtc(*m_from));
    }
    if (m_to) {
        CARMA_TRY_ASSIGN(m_toUs, parseUtc(*m_to));
    }
    return {};
}

Result<ExitCode> PlansCommand::runWith(Store& store, Session& session)
{
    Billing& billing = store.billing();
    if (m_action == "check" || m_action == "add") {
        return addOrCheck(billing, session);
    }
    if (m_action == "list") {
        return list(billing, session);
    }
    if (m_action == "show") {
        return show(billing, session);
    }
    if (m_action == "subscriptions") {
        return subscriptions(billing, session);
    }
    return m_action == "credit" ? credit(billing, session) : subscribe(billing, session);
}

Result<ExitCode> PlansCommand::addOrCheck(Billing& billing, Session& session) const
{
    CARMA_TRY_ASSIGN(const std::string json, readText(m_words[1], kInputMebibytes));
    const bool dry = m_dryRun || m_action == "check";
    const auto plan = billing.addPlan(json, dry);
    if (!plan.has_value()) {
        return plan.error().within(m_words[1]);
    }
    Json document = toJson(*plan);
    document["dry_run"] = dry;
    session.printer().document(document);
    session.printer().line(fmt::format("{} from {} on, {}, {}: {}", plan->id, formatUtc(plan->fromUs), plan->currency.code,
        counted(plan->charges.size(), "charge"), dry ? "nothing is wrong with it" : "added"));
    return ExitCode::Ok;
}

Result<ExitCode> PlansCommand::list(Billing& billing, Session& session) const
{
    CARMA_TRY_ASSIGN(const auto plans, billing.plans());
    Json list = Json::array();
    Table table({{"id"}, {"from"}, {"to"}, {"currency"}, {"flat", true}, {"charges", true}, {"text"}});
    for (const Plan& plan : plans) {
        list.push_back(toJson(plan));
        table.add({plan.id, formatUtc(plan.fromUs), dayOrNothing(plan.toUs), plan.currency.code, toString(plan.flat),
            std::to_string(plan.charges.size()), plan.text});
    }
    session.printer().document(list);
    table.print(session.printer());
    return ExitCode::Ok;
}

Result<ExitCode> PlansCommand::show(Billing& billing, Session& session) const
{
    CARMA_TRY_ASSIGN(const auto plans, billing.plans());
    Json list = Json::array();
    for (const Plan& plan : plans) {
        if (plan.id == m_words[1]) {
            list.push_back(Json::parse(plan.json));
            session.printer().line(escapeBlock(plan.json));
        }
    }
    if (list.empty()) {
        return Error{ErrorCode::NotFound, fmt::format("there is no plan '{}'", m_words[1])};
    }
    session.printer().document(list);
    return ExitCode::Ok;
}

Result<ExitCode> PlansCommand::subscribe(Billing& billing, Session& session) const
{
    const bool begins = m_action == "subscribe";
    if (begins) {
        CARMA_TRY(billing.subscribe({m_customer, m_words[1], m_fromUs, m_toUs}, m_dryRun));
    } else {
        CARMA_TRY(billing.unsubscribe(m_customer, m_fromUs, m_dryRun));
    }
    session.printer().document(Json{{"customer", m_customer}, {"plan", begins ? m_words[1] : ""}, {"from", formatUtc(m_fromUs)},
        {"to", dayOrNothing(m_toUs)}, {"dry_run", m_dryRun}});
    session.printer().line(fmt::format("{} {} {} from {} on", escapeLine(m_customer), m_dryRun ? "would be" : "is",
        begins ? "subscribed to " + escapeLine(m_words[1]) : "subscribed to nothing", formatUtc(m_fromUs)));
    return ExitCode::Ok;
}

Result<ExitCode> PlansCommand::subscriptions(Billing& billing, Session& session) const
{
    CARMA_TRY_ASSIGN(const auto subscriptions, billing.subscriptions());
    Json list = Json::array();
    Table table({{"customer"}, {"plan"}, {"from"}, {"to"}});
    for (const Subscription& each : subscriptions) {
        if (m_customer.empty() || each.customer == m_customer) {
            list.push_back(
                {{"customer", each.customer}, {"plan", each.plan}, {"from", formatUtc(each.fromUs)}, {"to", dayOrNothing(each.toUs)}});
            table.add({each.customer, each.plan, formatUtc(each.fromUs), dayOrNothing(each.toUs)});
        }
    }
    session.printer().document(list);
    table.print(session.printer());
    return ExitCode::Ok;
}

Result<ExitCode> PlansCommand::credit(Billing& billing, Session& session) const
{
    CARMA_TRY_ASSIGN(const auto currency, billing.currencyOf(m_customer));
    CARMA_TRY_ASSIGN(const std::int64_t amount, parseMinor(m_words[1], currency));
    CARMA_TRY(billing.grant(m_customer, amount, m_reason, m_dryRun));
    CARMA_TRY_ASSIGN(const std::int64_t left, billing.creditOf(m_customer));
    session.printer().document(Json{{"customer", m_customer}, {"granted", formatMinor(amount, currency)},
        {"left", formatMinor(left, currency)}, {"currency", currency.code}, {"dry_run", m_dryRun}});
    session.printer().line(fmt::format("{} {} {}; {} are left", escapeLine(m_customer), m_dryRun ? "would get" : "has got",
        moneyOf(amount, currency), moneyOf(left, currency)));
    return ExitCode::Ok;
}

} // namespace

std::unique_ptr<Command> makePlansCommand() { return std::make_unique<PlansCommand>(); }

} // namespace carma::cli
