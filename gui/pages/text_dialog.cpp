// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/text_dialog.h"

#include "app/files.h"
#include "app/store_session.h"
#include "app/text.h"
#include "frame/widgets.h"

#include <QClipboard>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace carma::gui {

TextDialog::TextDialog(StoreSession& session, Shown shown, QWidget* parent)
    : QDialog(parent), m_session(session), m_shown(std::move(shown)), m_news(quiet({}))
{
    setWindowTitle(m_shown.title);
    resize(680, 480);
    auto* view = named(new QPlainTextEdit(m_shown.text), m_shown.title);
    view->setReadOnly(true);
    view->setTabChangesFocus(true);
    view->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    auto* save = button(tr("Save to a file"));
    auto* copy = button(tr("Copy"));
    auto* close = button(tr("Close"));
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(save);
    buttons->addWidget(copy);
    buttons->addWidget(m_news, 1);
    buttons->addWidget(close);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addWidget(heading(m_shown.title, 3));
    layout->addWidget(quiet(m_shown.explanation));
    layout->addWidget(view, 1);
    layout->addLayout(buttons);
    connect(save, &QPushButton::clicked, this,
        [this] { chooseSaveFile(this, m_shown.title, m_shown.fileName, [this](const QString& path) { saveTo(path); }); });
    connect(copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_shown.text);
        m_news->setText(tr("Copied."));
    });
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    connect(&session, &StoreSession::closed, this, &QDialog::accept); // what is locked is not shown
}

void TextDialog::saveTo(const QString& path)
{
    m_session.ask(
        this, [path, bytes = bytesOf(m_shown.text)](Store&) { return writeFile(path, bytes); },
        [this, path](
            const Result<void>& written) { m_news->setText(written ? tr("Saved to %1.").arg(path) : text(written.error().message)); });
}

} // namespace carma::gui
