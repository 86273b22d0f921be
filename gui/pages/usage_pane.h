// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/billing_words.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;
class QTableView;

namespace carma::gui {

class UsageChart;

/// What was used in a month: a bar for each day of one meter, and the sums of all.
class UsagePane : public QWidget {
    Q_OBJECT

public:
    explicit UsagePane(QWidget* parent = nullptr);
    void show(const BillingState& state, bool readOnly);
    void clear();

signals:
    void meteringWanted(bool on);

private:
    void draw();
    void showMeters(const BillingState& state);

    UsageModel* m_model;
    UsageChart* m_chart;
    QComboBox* m_meter;
    QLabel* m_sum;
    QLabel* m_alerts;
    QPushButton* m_metering;
    QPushButton* m_first;
    QTableView* m_table;
    Month m_month;
    std::vector<UsageRollup> m_days;
    bool m_on = false;
};

} // namespace carma::gui
