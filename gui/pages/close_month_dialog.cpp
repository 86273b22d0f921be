// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/close_month_dialog.h"

#include "app/text.h"
#include "frame/widgets.h"
#include "pages/tables.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace carma::gui {

CloseMonthDialog::CloseMonthDialog(const Month& month, std::vector<Invoice> drafts, bool over, QWidget* parent)
    : QDialog(parent), m_model(makeInvoicesModel(this))
{
    setWindowTitle(tr("Close the month"));
    resize(660, 420);
    const bool any = !drafts.empty();
    m_model->setRows(std::move(drafts));
    auto* table = tableView(m_model, tr("What will be final"), {76, 160, 120, 84, 76});
    auto* go = button(tr("Make final"));
    auto* cancel = button(tr("Cancel"));
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(go);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addWidget(heading(monthText(month), 3));
    layout->addWidget(quiet(over ? tr("Each draft becomes an invoice with the next number, which nothing changes after. What is used "
                                      "late comes with the next invoice.")
                                 : tr("This month is not over yet (UTC). It can be closed from the first day of the next one on.")));
    layout->addWidget(new TableOrAdvice(table, m_model, tr("Nothing to close"),
                          tr("Every customer of this month has its invoice, or there is none."), nullptr),
        1);
    layout->addLayout(buttons);
    go->setEnabled(any && over);
    cancel->setFocus(); // nothing is final by one key too many
    connect(go, &QPushButton::clicked, this, &QDialog::accept);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
}

} // namespace carma::gui
