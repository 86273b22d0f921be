// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/billing_words.h"

#include <QDialog>

class QComboBox;
class QDateEdit;
class QLineEdit;
class QPushButton;
class QTableView;

namespace carma::gui {

class Shell;

/// Plans and who is subscribed to them.
class PlansPane : public QWidget {
    Q_OBJECT

public:
    explicit PlansPane(Shell& shell, QWidget* parent = nullptr);
    void show(const BillingState& state, bool readOnly);
    void clear();
    void addPlan(const QString& path); ///< a JSON document
    void subscribe();

signals:
    void changed();

private:
    void done(const Result<void>& answer);

    Shell& m_shell;
    PlansModel* m_plans;
    SubscriptionsModel* m_subscriptions;
    QTableView* m_planTable;
    QTableView* m_table;
    QPushButton* m_add;
    QPushButton* m_subscribe;
};

/// Who, which plan, from which day on.
class SubscribeDialog : public QDialog {
    Q_OBJECT

public:
    SubscribeDialog(const std::vector<Plan>& plans, const QString& customer, QWidget* parent);
    [[nodiscard]] Subscription wanted() const;

private:
    QLineEdit* m_customer;
    QComboBox* m_plan;
    QDateEdit* m_from;
};

} // namespace carma::gui
