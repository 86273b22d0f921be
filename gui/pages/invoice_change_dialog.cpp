// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/invoice_change_dialog.h"

#include "app/text.h"
#include "frame/widgets.h"
#include "pages/billing_words.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QVBoxLayout>

namespace carma::gui {

InvoiceChangeDialog::InvoiceChangeDialog(const Invoice& invoice, InvoiceChange change, QWidget* parent)
    : QDialog(parent), m_invoice(invoice), m_change(change), m_reason(named(new QLineEdit, tr("Reason"))),
      m_amount(named(new QLineEdit, tr("Amount"))), m_typed(named(new QLineEdit, tr("Confirmation"))), m_mistake(quiet({})),
      m_go(button(change == InvoiceChange::Void ? tr("Make void") : tr("Write the credit note")))
{
    const bool isVoid = change == InvoiceChange::Void;
    setWindowTitle(isVoid ? tr("Void an invoice") : tr("Credit note"));
    setMinimumWidth(520);
    m_amount->setPlaceholderText(tr("all that is left"));
    m_typed->setPlaceholderText(titleOf(invoice));
    auto* form = new QFormLayout;
    form->setVerticalSpacing(kGap);
    form->setHorizontalSpacing(kMargin);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    form->addRow(tr("Customer"), new QLabel(oneLine(text(invoice.customer), 60)));
    form->addRow(tr("Amount of the invoice"), new QLabel(moneyText(invoice.total, invoice.currency)));
    if (!isVoid) {
        form->addRow(tr("Credit, in %1").arg(text(invoice.currency.code)), m_amount);
    }
    form->addRow(tr("Reason"), m_reason);
    if (isVoid) {
        form->addRow(tr("Type %1").arg(titleOf(invoice)), m_typed);
    }
    auto* cancel = button(tr("Cancel"));
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(m_mistake, 1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_go);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addWidget(heading(titleOf(invoice) + ", " + monthText(invoice.period), 3));
    layout->addWidget(
        quiet(isVoid ? tr("Its number stays used, and its lines count as not billed: the next draft has them again. This cannot be undone.")
                     : tr("A credit note takes back all or a part of the invoice, tax included. It is final at once.")));
    layout->addLayout(form);
    layout->addLayout(buttons);
    m_amount->setVisible(!isVoid);
    m_typed->setVisible(isVoid);
    for (QLineEdit* line : {m_reason, m_amount, m_typed}) {
        line->setParent(line->parentWidget() != nullptr ? line->parentWidget() : this); // those that no row has go with the dialog
        connect(line, &QLineEdit::textChanged, this, &InvoiceChangeDialog::check);
    }
    connect(m_go, &QPushButton::clicked, this, &QDialog::accept);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    check();
    m_reason->setFocus();
}

std::string InvoiceChangeDialog::reason() const { return bytesOf(m_reason->text().trimmed()); }

std::optional<std::int64_t> InvoiceChangeDialog::amount() const
{
    const QString typed = m_amount->text().trimmed();
    if (typed.isEmpty()) {
        return std::nullopt;
    }
    const auto minor = parseMinor(bytesOf(QString(typed).replace(QLocale().decimalPoint(), ".")), m_invoice.currency);
    return minor ? std::optional(*minor) : std::nullopt;
}

void InvoiceChangeDialog::check()
{
    const bool isVoid = m_change == InvoiceChange::Void;
    const std::optional<std::int64_t> wanted = amount();
    const bool all = m_amount->text().trimmed().isEmpty();
    const bool amountFits = isVoid || all || (wanted && *wanted > 0 && *wanted <= m_invoice.total);
    m_mistake->setText(amountFits ? QString() : tr("An amount is more than 0 and at most that of the invoice."));
    m_go->setEnabled(amountFits && !reason().empty() && (!isVoid || m_typed->text().trimmed() == titleOf(m_invoice)));
}

} // namespace carma::gui
