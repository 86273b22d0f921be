// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/passphrase_dialog.h"

#include "frame/widgets.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QVBoxLayout>

namespace carma::gui {

PassphraseDialog::PassphraseDialog(QWidget* parent)
    : QDialog(parent), m_first(named(new QLineEdit, tr("New passphrase"))), m_second(named(new QLineEdit, tr("Once more")))
{
    setWindowTitle(tr("Change the passphrase"));
    setMinimumWidth(480);
    auto* form = new QFormLayout;
    form->setVerticalSpacing(kGap);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    form->addRow(tr("New passphrase"), m_first);
    form->addRow(tr("Once more"), m_second);
    auto* save = button(tr("Change"));
    auto* cancel = button(tr("Cancel"));
    save->setEnabled(false);
    save->setDefault(true);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(save);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addWidget(quiet(tr("The one before opens nothing any more. Key file and recovery code stay as they are.")));
    layout->addLayout(form);
    layout->addLayout(buttons);
    for (QLineEdit* line : {m_first, m_second}) {
        line->setEchoMode(QLineEdit::Password);
        connect(line, &QLineEdit::textChanged, this,
            [this, save] { save->setEnabled(!m_first->text().isEmpty() && m_first->text() == m_second->text()); });
    }
    connect(save, &QPushButton::clicked, this, &QDialog::accept);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
}

SecretBytes PassphraseDialog::passphrase() const
{
    const QByteArray typed = m_first->text().toUtf8();
    return SecretBytes(asBytes(std::string_view(typed.constData(), static_cast<std::size_t>(typed.size()))));
}

} // namespace carma::gui
