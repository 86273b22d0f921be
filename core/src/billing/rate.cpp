// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing/rate.h"

#include <algorithm>

namespace carma::billing {

namespace {

/// A stretch of days with one version of one plan.
struct Stretch {
    const Plan* plan = nullptr;
    std::int64_t fromUs = 0, toUs = 0;
    bool trial = false;
    bool first = false; ///< of its plan in this month
};

void cutAtTrial(const Subscription& subscription, Stretch stretch, std::vector<Stretch>& stretches)
{
    const std::int64_t trialEnd = subscription.fromUs + static_cast<std::int64_t>(stretch.plan->trialDays) * kDayUs;
    if (trialEnd > stretch.fromUs) {
        Stretch trial = stretch;
        trial.trial = true;
        trial.toUs = std::min(trialEnd, stretch.toUs);
        stretches.push_back(trial);
        stretch.fromUs = trial.toUs;
    }
    if (stretch.fromUs < stretch.toUs) {
        stretch.first = std::ranges::none_of(
            stretches, [&](const Stretch& each) { return !each.trial && each.plan->id == stretch.plan->id; });
        stretches.push_back(stretch);
    }
}

std::vector<Stretch> stretchesOf(const BillingBook& billing, std::string_view customer, const Month& month)
{
    std::vector<Stretch> stretches;
    for (const Subscription& subscription : billing.subscriptionsOf(customer)) {
        const std::int64_t end = std::min(subscription.toUs, month.toUs());
        for (std::int64_t at = std::max(subscription.fromUs, month.fromUs()); at < end;) {
            std::int64_t planEnd = 0;
            const Plan* plan = billing.planAt(subscription.plan, at, &planEnd);
            const std::int64_t to = std::min(end, planEnd);
            if (plan != nullptr) {
                cutAtTrial(subscription, {plan, at, to, false, false}, stretches);
            }
            at = to;
        }
    }
    return stretches;
}

/// Lines of one stretch.
class StretchRating {
public:
    StretchRating(const Rating& rating, std::string_view customer, const Month& month, const Stretch& stretch)
        : m_rating(rating), m_customer(customer), m_month(month), m_stretch(stretch), m_plan(*stretch.plan)
    {
    }

    Result<void> rate(std::vector<InvoiceLine>& lines)
    {
        std::int64_t sum = 0;
        if (!m_stretch.trial && !m_plan.flat.isZero() && (m_plan.prorate || m_stretch.first)) {
            InvoiceLine line = lineOf(LineKind::Flat, "flat", m_plan.text);
            CARMA_TRY_ASSIGN(line.amount, part(m_plan.flat));
            sum = line.amount;
            lines.push_back(std::move(line));
        }
        for (std::size_t i = 0; i < m_plan.charges.size(); ++i) {
            CARMA_TRY_ASSIGN(InvoiceLine line, usageLine(i));
            CARMA_TRY_ASSIGN(sum, addMinor(sum, line.amount));
            if (!line.quantity.isZero() || line.amount != 0) {
                lines.push_back(std::move(line));
            }
        }
        return m_stretch.trial ? Result<void>{} : addBounds(sum, lines);
    }

private:
    [[nodiscard]] InvoiceLine lineOf(LineKind kind, std::string_view what, std::string text) const
    {
        InvoiceLine line;
        line.kind = kind;
        line.key = "plan:" + m_plan.id + "/" + formatUtc(m_plan.fromUs) + "/" + std::string(what);
        line.text = std::move(text);
        line.fromUs = m_stretch.fromUs;
        line.toUs = m_stretch.toUs;
        line.taxName = m_plan.taxName;
        line.taxPercent = m_plan.taxPercent;
        return line;
    }

    /// The stretch's part of a monthly amount. Parts are differences of what is due up to a day, so that those of one month add up to
    /// the whole whatever their number.
    [[nodiscard]] Result<std::int64_t> part(const Decimal& monthly) const
    {
        if (!m_plan.prorate) {
            return toMinor(monthly, m_plan.currency);
        }
        const std::int64_t days = (m_month.toUs() - m_month.fromUs()) / kDayUs;
        CARMA_TRY_ASSIGN(
            const std::int64_t before, toMinor(monthly, m_plan.currency, (m_stretch.fromUs - m_month.fromUs()) / kDayUs, days));
        CARMA_TRY_ASSIGN(const std::int64_t after, toMinor(monthly, m_plan.currency, (m_stretch.toUs - m_month.fromUs()) / kDayUs, days));
        return after - before;
    }

    Result<InvoiceLine> usageLine(std::size_t index)
    {
        const Charge& charge = m_plan.charges[index];
        CARMA_TRY_ASSIGN(const Decimal quantity,
            m_rating.usage.quantity(m_rating.journal, m_customer, charge.meter, {m_stretch.fromUs, m_stretch.toUs, m_rating.nowUs}));
        InvoiceLine line = lineOf(LineKind::Usage, "charges/" + std::to_string(index), charge.text);
        line.meter = charge.meter.id;
        line.quantity = quantity;
        line.toPlace = m_rating.usage.endOf(m_customer);
        if (!charge.included.isZero()) {
            line.text += ", " + toString(charge.included) + " included";
        }
        if (m_stretch.trial) {
            line.text += ", trial";
            return line;
        }
        CARMA_TRY_ASSIGN(const Decimal price, priceOf(charge, quantity));
        CARMA_TRY_ASSIGN(line.amount, toMinor(price, m_plan.currency));
        return line;
    }

    Result<void> addBounds(std::int64_t sum, std::vector<InvoiceLine>& lines) const
    {
        if (m_plan.minimum) {
            CARMA_TRY_ASSIGN(const std::int64_t least, part(*m_plan.minimum));
            InvoiceLine line = lineOf(LineKind::Minimum, "minimum", m_plan.text + ", up to the minimum");
            line.amount = least - sum;
            if (line.amount > 0) {
                sum = least;
                lines.push_back(std::move(line));
            }
        }
        if (m_plan.cap) {
            CARMA_TRY_ASSIGN(const std::int64_t most, part(*m_plan.cap));
            InvoiceLine line = lineOf(LineKind::Cap, "cap", m_plan.text + ", above the cap");
            line.amount = most - sum;
            if (line.amount < 0) {
                lines.push_back(std::move(line));
            }
        }
        return {};
    }

    const Rating& m_rating;
    std::string_view m_customer;
    const Month& m_month;
    const Stretch& m_stretch;
    const Plan& m_plan;
};

} // namespace

Result<std::vector<InvoiceLine>> rateMonth(const Rating& rating, std::string_view customer, const Month& month)
{
    std::vector<InvoiceLine> lines;
    for (const Stretch& stretch : stretchesOf(rating.billing, customer, month)) {
        CARMA_TRY(StretchRating(rating, customer, month, stretch).rate(lines));
    }
    return lines;
}

} // namespace carma::billing
