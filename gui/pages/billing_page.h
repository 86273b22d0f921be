// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/page.h"
#include "pages/billing_words.h"

class QComboBox;
class QLabel;
class QTabWidget;

namespace carma::gui {

class InvoicesPane;
class PlansPane;
class UsagePane;

/// What was used, by whom, and what they owe for it.
class BillingPage : public Page {
    Q_OBJECT

public:
    explicit BillingPage(Shell& shell);
    void refresh() override;
    void open(const QString& detail) override; ///< "usage", "invoices", "plans", or a month as "2026-10"
    void reset() override;
    [[nodiscard]] QStringList command() const override;
    void closeMonth();

private:
    QWidget* buildTop();
    void buildCommands();
    void show(const BillingState& state);
    void showCustomers(const std::vector<std::string>& customers);
    void finalise(const Month& month, const std::vector<Invoice>& drafts);
    void setMetering(bool on);
    [[nodiscard]] Month month() const;

    Shell& m_shell;
    QComboBox* m_month;
    QComboBox* m_customer;
    QLabel* m_line;
    QTabWidget* m_tabs;
    UsagePane* m_usage;
    InvoicesPane* m_invoices;
    PlansPane* m_plans;
    std::vector<Invoice> m_drafts; ///< of the month, of all customers that are shown
    std::uint64_t m_asked = 0;
};

} // namespace carma::gui
