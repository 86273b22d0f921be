// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/rows_model.h"

#include <carma/billing.h>

namespace carma::gui {

/// What the page Billing shows of one month.
struct BillingState {
    Month month;
    bool metering = false;
    std::vector<UsageRollup> days;      ///< by customer, meter and day
    std::vector<UsageRollup> sums;      ///< by customer and meter
    std::vector<std::string> customers; ///< all that used anything or are subscribed
    std::vector<UsageAlert> alerts;
    std::vector<Plan> plans;
    std::vector<Subscription> subscriptions;
    std::vector<Invoice> invoices; ///< drafts of the month, then the others, newest first
    std::string note;              ///< why there is a draft less; empty if there is none
};
/// Any thread. An empty customer: all.
Result<BillingState> billingStateOf(Billing& billing, const Month& month, const std::string& customer);

QString monthText(const Month& month);
QString moneyText(std::int64_t minor, const Currency& currency);
QString dayText(std::int64_t timeUs); ///< in UTC; "open" for no end
QString wordOf(InvoiceState state);
QString titleOf(const Invoice& invoice);
std::string identityOf(const Invoice& invoice);

using UsageModel = RowsModel<UsageRollup>;
using InvoicesModel = RowsModel<Invoice>;
using LinesModel = RowsModel<InvoiceLine>;
using EventsModel = RowsModel<UsageEvent>;
using PlansModel = RowsModel<Plan>;
using SubscriptionsModel = RowsModel<Subscription>;
UsageModel* makeUsageModel(QObject* parent);
InvoicesModel* makeInvoicesModel(QObject* parent);
/// Amounts are shown in the currency that `currency` gives when they are asked for.
LinesModel* makeLinesModel(std::function<Currency()> currency, QObject* parent);
EventsModel* makeEventsModel(QObject* parent);
PlansModel* makePlansModel(QObject* parent);
SubscriptionsModel* makeSubscriptionsModel(QObject* parent);

} // namespace carma::gui
