// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/billing_words.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QTableView;

namespace carma::gui {

class Shell;

/// Invoices, the lines of the chosen one, and the events that the chosen line counts.
class InvoicesPane : public QWidget {
    Q_OBJECT

public:
    explicit InvoicesPane(Shell& shell, QWidget* parent = nullptr);
    void show(const BillingState& state, bool readOnly);
    void clear();
    [[nodiscard]] const Invoice* chosen() const;
    void pay();
    void askVoid();                     ///< of the chosen invoice
    void askCredit();                   ///< of the chosen invoice
    void askWhere();                    ///< to export the chosen invoice
    void exportTo(const QString& path); ///< PDF, CSV or JSON, as the end of the name says

signals:
    void changed();

private:
    QWidget* buildLines();
    void showLines();
    void showEvents();
    void tellEnd(const Result<Invoice>& invoice, const QString& done);

    Shell& m_shell;
    InvoicesModel* m_invoices;
    LinesModel* m_lines;
    EventsModel* m_events;
    QTableView* m_table;
    QTableView* m_lineTable = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_about = nullptr;
    QPushButton* m_pay;
    QPushButton* m_void;
    QPushButton* m_credit;
    QPushButton* m_export;
    Currency m_currency;
    bool m_readOnly = false;
    std::uint64_t m_asked = 0; ///< events of an older choice are dropped
};

} // namespace carma::gui
