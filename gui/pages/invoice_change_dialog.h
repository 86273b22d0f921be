// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/billing.h>

#include <QDialog>

#include <optional>

class QLabel;
class QLineEdit;
class QPushButton;

namespace carma::gui {

enum class InvoiceChange : int { Void, Credit };

/// Makes an invoice void, or writes a credit note over all or part of it. Both need a reason, which the audit and the invoice keep.
/// Voiding asks for the number of the invoice as confirmation.
class InvoiceChangeDialog : public QDialog {
    Q_OBJECT

public:
    InvoiceChangeDialog(const Invoice& invoice, InvoiceChange change, QWidget* parent);
    [[nodiscard]] std::uint64_t number() const { return m_invoice.number; }
    [[nodiscard]] std::string reason() const;
    [[nodiscard]] std::optional<std::int64_t> amount() const; ///< of a credit note, in minor units; none: all that is left

private:
    void check();

    const Invoice m_invoice;
    const InvoiceChange m_change;
    QLineEdit* m_reason;
    QLineEdit* m_amount;
    QLineEdit* m_typed;
    QLabel* m_mistake;
    QPushButton* m_go;
};

} // namespace carma::gui
