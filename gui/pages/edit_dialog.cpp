// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/edit_dialog.h"

#include "app/text.h"
#include "frame/widgets.h"

#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QTextDocument>
#include <QVBoxLayout>

namespace carma::gui {

EditDialog::EditDialog(const QString& title, const QString& words, QWidget* parent)
    : QDialog(parent), m_text(named(new QPlainTextEdit(words), tr("Text"))), m_keep(button(tr("Keep as a new version"))),
      m_news(quiet(tr("The version before stays in the history of the document.")))
{
    setWindowTitle(tr("Edit"));
    resize(720, 560);
    auto* cancel = button(tr("Cancel"));
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(m_news, 1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_keep);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addWidget(heading(oneLine(title, 80), 3));
    layout->addWidget(m_text, 1);
    layout->addLayout(buttons);
    m_text->setTabChangesFocus(true);
    m_keep->setEnabled(false);
    connect(m_text, &QPlainTextEdit::textChanged, this, [this] {
        m_sure = false;
        m_keep->setEnabled(m_text->document()->isModified() && !m_text->document()->isEmpty());
    });
    connect(m_keep, &QPushButton::clicked, this, &QDialog::accept);
    connect(cancel, &QPushButton::clicked, this, &EditDialog::reject);
}

QString EditDialog::words() const { return m_text->toPlainText(); }

void EditDialog::reject()
{
    if (m_text->document()->isModified() && !m_sure) {
        m_sure = true;
        m_news->setText(tr("What was typed is not kept yet. Cancel again to drop it."));
        return;
    }
    QDialog::reject();
}

} // namespace carma::gui
