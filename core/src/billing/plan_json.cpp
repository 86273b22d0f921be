// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing/json_fields.h"

#include <carma/plan.h>

#include <algorithm>
#include <array>

namespace carma {

namespace {

using billing::Fields;
using billing::Json;

constexpr std::size_t kIdMax = 64;
constexpr std::size_t kTextMax = 256;
constexpr std::uint32_t kTrialDaysMax = 3650;
constexpr std::array<std::string_view, 6> kAggregates{"count", "sum", "max", "unique", "latest", "time_weighted"};
constexpr std::array<std::string_view, 4> kModels{"per_unit", "graduated", "volume", "package"};

bool isId(std::string_view text)
{
    const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-'; };
    return !text.empty() && text.size() <= kIdMax && std::ranges::all_of(text, allowed);
}

Result<std::string> readId(Fields& fields, std::string_view key)
{
    CARMA_TRY_ASSIGN(std::string id, fields.text(key, kIdMax));
    if (!isId(id)) {
        return fields.wrong(key, "an id is 1 to 64 of a-z, 0-9, '_', '.' and '-'");
    }
    return id;
}

template <std::size_t N> Result<std::size_t> readChoice(Fields& fields, std::string_view key, const std::array<std::string_view, N>& names)
{
    CARMA_TRY_ASSIGN(const std::string word, fields.text(key, kIdMax));
    const auto found = std::ranges::find(names, std::string_view(word));
    if (found == names.end()) {
        std::string known;
        for (const std::string_view each : names) {
            known += (known.empty() ? "" : ", ") + std::string(each);
        }
        return fields.wrong(key, "'" + word + "' is none of " + known);
    }
    return static_cast<std::size_t>(found - names.begin());
}

Result<Decimal> readPrice(Fields& fields, std::string_view key, const Decimal& absent)
{
    CARMA_TRY_ASSIGN(const auto price, fields.decimal(key));
    if (price && price->isNegative()) {
        return fields.wrong(key, "a price is never negative");
    }
    return price.value_or(absent);
}

Result<Decimal> requiredPrice(Fields& fields, std::string_view key)
{
    if (!fields.has(key)) {
        return fields.wrong(key, "is missing");
    }
    return readPrice(fields, key, {});
}

Result<std::vector<Meter>> readMeters(Fields& plan)
{
    const std::span<const Meter> known = builtInMeters();
    std::vector<Meter> meters(known.begin(), known.end());
    CARMA_TRY_ASSIGN(const auto list, plan.objects("meters", kChargesMax));
    for (Fields fields : list) {
        Meter meter;
        CARMA_TRY_ASSIGN(meter.id, readId(fields, "id"));
        CARMA_TRY_ASSIGN(const std::size_t aggregate, readChoice(fields, "aggregate", kAggregates));
        meter.aggregate = static_cast<Aggregate>(aggregate);
        CARMA_TRY_ASSIGN(meter.unit, fields.textOr("unit", kIdMax, ""));
        CARMA_TRY_ASSIGN(meter.dimension, fields.textOr("dimension", kIdMax, ""));
        if ((meter.aggregate == Aggregate::Unique) != !meter.dimension.empty()) {
            return fields.wrong("dimension", "is what a unique meter counts, and no other has");
        }
        if (std::ranges::find(meters, meter.id, &Meter::id) != meters.end()) {
            return fields.wrong("id", "there is a meter '" + meter.id + "' already");
        }
        CARMA_TRY(fields.finish());
        meters.push_back(std::move(meter));
    }
    return meters;
}

/// Tiers partition the quantities from 0 on.
Result<void> checkBorder(Fields& fields, const Tier& tier, const Tier* before, bool last)
{
    const Decimal begin = before == nullptr ? Decimal() : before->upTo.value_or(Decimal());
    if (tier.from < begin) {
        return fields.wrong("from", "overlaps the tier before, which goes up to " + toString(begin));
    }
    if (tier.from > begin) {
        return fields.wrong("from", before == nullptr ? "the first tier begins at 0" : "leaves a gap from " + toString(begin) + " on");
    }
    if (!last && !tier.upTo) {
        return fields.wrong("up_to", "is missing: only the last tier has no end");
    }
    if (last && tier.upTo) {
        return fields.wrong("up_to", "the last tier has no end");
    }
    if (tier.upTo && *tier.upTo <= tier.from) {
        return fields.wrong("up_to", "is not above 'from'");
    }
    return {};
}

Result<std::vector<Tier>> readTiers(Fields& charge)
{
    CARMA_TRY_ASSIGN(const auto list, charge.objects("tiers", kTiersMax));
    if (list.empty()) {
        return charge.wrong("tiers", "at least one tier is needed");
    }
    std::vector<Tier> tiers;
    for (Fields fields : list) {
        Tier tier;
        CARMA_TRY_ASSIGN(tier.from, requiredPrice(fields, "from"));
        CARMA_TRY_ASSIGN(tier.upTo, fields.decimal("up_to"));
        CARMA_TRY_ASSIGN(tier.price, readPrice(fields, "price", {}));
        CARMA_TRY_ASSIGN(tier.flat, readPrice(fields, "flat", {}));
        CARMA_TRY(checkBorder(fields, tier, tiers.empty() ? nullptr : &tiers.back(), tiers.size() + 1 == list.size()));
        CARMA_TRY(fields.finish());
        tiers.push_back(tier);
    }
    return tiers;
}

Result<Charge> readCharge(Fields& fields, const std::vector<Meter>& meters)
{
    Charge charge;
    CARMA_TRY_ASSIGN(const std::string meter, readId(fields, "meter"));
    const auto found = std::ranges::find(meters, meter, &Meter::id);
    if (found == meters.end()) {
        return fields.wrong("meter", "there is no meter '" + meter + "'");
    }
    charge.meter = *found;
    CARMA_TRY_ASSIGN(charge.text, fields.textOr("text", kTextMax, meter));
    CARMA_TRY_ASSIGN(const std::size_t model, readChoice(fields, "model", kModels));
    charge.model = static_cast<PriceModel>(model);
    if (charge.model == PriceModel::PerUnit || charge.model == PriceModel::Package) {
        CARMA_TRY_ASSIGN(charge.price, requiredPrice(fields, "price"));
    } else {
        CARMA_TRY_ASSIGN(charge.tiers, readTiers(fields));
    }
    if (charge.model == PriceModel::Package) {
        CARMA_TRY_ASSIGN(charge.packageSize, requiredPrice(fields, "size"));
        if (charge.packageSize.isZero()) {
            return fields.wrong("size", "a package holds more than nothing");
        }
    }
    CARMA_TRY_ASSIGN(charge.included, readPrice(fields, "included", {}));
    if (fields.has("quota")) {
        CARMA_TRY_ASSIGN(charge.quota, readPrice(fields, "quota", {}));
    }
    CARMA_TRY_ASSIGN(charge.hardStop, fields.flag("hard_stop"));
    if (charge.hardStop && !charge.quota) {
        return fields.wrong("hard_stop", "needs a quota");
    }
    CARMA_TRY(fields.finish());
    return charge;
}

Result<std::optional<std::int64_t>> readMoney(Fields& fields, std::string_view key, const Currency& currency)
{
    CARMA_TRY_ASSIGN(const Decimal amount, readPrice(fields, key, {}));
    if (!fields.has(key)) {
        return std::optional<std::int64_t>();
    }
    const auto minor = parseMinor(toString(amount), currency);
    if (!minor.has_value()) {
        return fields.wrong(key, minor.error().message);
    }
    return std::optional(*minor);
}

Result<void> readMoneyFields(Fields& fields, Plan& plan)
{
    CARMA_TRY_ASSIGN(plan.flat, readPrice(fields, "flat", {}));
    if (fields.has("minimum")) {
        CARMA_TRY_ASSIGN(plan.minimum, readPrice(fields, "minimum", {}));
    }
    if (fields.has("cap")) {
        CARMA_TRY_ASSIGN(plan.cap, readPrice(fields, "cap", {}));
    }
    if (plan.minimum && plan.cap && *plan.cap < *plan.minimum) {
        return fields.wrong("cap", "is below the minimum");
    }
    CARMA_TRY_ASSIGN(const auto credit, readMoney(fields, "credit", plan.currency));
    plan.credit = credit.value_or(0);
    CARMA_TRY_ASSIGN(plan.budget, readMoney(fields, "budget", plan.currency));
    CARMA_TRY_ASSIGN(plan.hardStop, fields.flag("hard_stop"));
    if (plan.hardStop && !plan.budget) {
        return fields.wrong("hard_stop", "needs a budget");
    }
    CARMA_TRY_ASSIGN(const auto taxes, fields.object("tax"));
    if (taxes) {
        Fields tax = *taxes;
        CARMA_TRY_ASSIGN(plan.taxName, tax.text("name", kIdMax));
        CARMA_TRY_ASSIGN(plan.taxPercent, requiredPrice(tax, "percent"));
        if (plan.taxPercent > Decimal(100)) {
            return tax.wrong("percent", "is above 100");
        }
        CARMA_TRY(tax.finish());
    }
    return {};
}

Result<std::int64_t> readDay(Fields& fields, std::string_view key)
{
    CARMA_TRY_ASSIGN(const std::string text, fields.text(key, kIdMax));
    const auto time = parseUtc(text);
    if (!time.has_value() || *time % kDayUs != 0) {
        return fields.wrong(key, "'" + text + "' is no day, as 2026-10-01");
    }
    return *time;
}

Result<Plan> readPlan(Fields& fields)
{
    Plan plan;
    CARMA_TRY_ASSIGN(const auto version, fields.decimal("carma_plan"));
    if (!version || *version != Decimal(1)) {
        return fields.wrong("carma_plan", "must be 1, the version of this form");
    }
    CARMA_TRY_ASSIGN(plan.id, readId(fields, "id"));
    CARMA_TRY_ASSIGN(plan.text, fields.textOr("text", kTextMax, plan.id));
    CARMA_TRY_ASSIGN(const std::string code, fields.text("currency", kIdMax));
    const auto currency = currencyOf(code);
    if (!currency.has_value()) {
        return fields.wrong("currency", currency.error().message);
    }
    plan.currency = *currency;
    CARMA_TRY_ASSIGN(plan.fromUs, readDay(fields, "effective_from"));
    if (fields.has("effective_to")) {
        CARMA_TRY_ASSIGN(plan.toUs, readDay(fields, "effective_to"));
        if (plan.toUs <= plan.fromUs) {
            return fields.wrong("effective_to", "is not after effective_from");
        }
    }
    CARMA_TRY(readMoneyFields(fields, plan));
    CARMA_TRY_ASSIGN(const bool whole, fields.flag("whole_months"));
    plan.prorate = !whole;
    CARMA_TRY_ASSIGN(const Decimal trial, readPrice(fields, "trial_days", {}));
    if (!trial.isWhole() || trial > Decimal(kTrialDaysMax)) {
        return fields.wrong("trial_days", "is no number of days up to 3650");
    }
    plan.trialDays = static_cast<std::uint32_t>(trial.units());
    CARMA_TRY_ASSIGN(const std::vector<Meter> meters, readMeters(fields));
    CARMA_TRY_ASSIGN(const auto charges, fields.objects("charges", kChargesMax));
    for (Fields each : charges) {
        CARMA_TRY_ASSIGN(Charge charge, readCharge(each, meters));
        plan.charges.push_back(std::move(charge));
    }
    CARMA_TRY(fields.finish());
    return plan;
}

} // namespace

std::string_view name(Aggregate aggregate) { return kAggregates.at(static_cast<std::size_t>(aggregate)); }

std::string_view name(PriceModel model) { return kModels.at(static_cast<std::size_t>(model)); }

std::span<const Meter> builtInMeters()
{
    static const std::array<Meter, 7> kMeters{{
        {"queries", Aggregate::Sum, "query", {}},
        {"fragments", Aggregate::Sum, "fragment", {}},
        {"ingested_bytes", Aggregate::Sum, "byte", {}},
        {"forgotten", Aggregate::Sum, "fragment", {}},
        {"exported_bytes", Aggregate::Sum, "byte", {}},
        {"heals", Aggregate::Sum, "heal", {}},
        {"stored_gb", Aggregate::TimeWeighted, "GB h", {}},
    }};
    return kMeters;
}

Result<Plan> parsePlan(std::string_view json)
{
    CARMA_TRY_ASSIGN(const Json document, billing::parseJson(json, kPlanBytesMax));
    if (!document.is_object()) {
        return Error{ErrorCode::InvalidArgument, "/: a plan is a JSON object"};
    }
    Fields fields(document, "");
    CARMA_TRY_ASSIGN(Plan plan, readPlan(fields));
    plan.json = json;
    return plan;
}

} // namespace carma
