// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/secret_dialog.h"

#include "app/files.h"
#include "app/store_session.h"
#include "app/text.h"
#include "frame/widgets.h"
#include "pages/magic_square_view.h"

#include <QCheckBox>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace carma::gui {

namespace {

constexpr qsizetype kLineLetters = 44;

/// A label breaks lines at spaces only; these breaks are for the eye and are in no copy.
QString inLines(const QString& key)
{
    QStringList lines;
    for (qsizetype at = 0; at < key.size(); at += kLineLetters) {
        lines.append(key.mid(at, kLineLetters));
    }
    return lines.join('\n');
}

} // namespace

SecretDialog::SecretDialog(StoreSession& session, IssuedKey key, QWidget* parent)
    : QDialog(parent), m_session(session), m_key(std::move(key)), m_text(new QLabel), m_news(quiet({})), m_problem(new ProblemPanel),
      m_kept(new QCheckBox(tr("I have kept the key"))), m_close(button(tr("Close")))
{
    setWindowTitle(tr("The new key"));
    setMinimumWidth(600);
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSize(font.pointSize() + 1);
    m_text->setFont(font);
    m_text->setText(inLines(text(asText(m_key.text.view()))));
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setAccessibleName(tr("The text of the key"));
    auto* square = new MagicSquareView;
    square->setFingerprint(m_key.info.parts.fingerprint);
    QFrame* box = card();
    auto* both = new QHBoxLayout;
    both->setSpacing(kMargin);
    both->addWidget(m_text, 1);
    both->addWidget(square);
    layoutOf(box)->addLayout(both);
    auto* copy = button(tr("Copy for one minute"));
    auto* save = button(tr("Save to a file"));
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(copy);
    buttons->addWidget(save);
    buttons->addWidget(m_news, 1);
    auto* end = new QHBoxLayout;
    end->addWidget(m_kept);
    end->addStretch();
    end->addWidget(m_close);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addWidget(heading(tr("Shown this once"), 3));
    layout->addWidget(quiet(tr("The store keeps only a fingerprint. Whoever has the key can do what it allows.")));
    layout->addWidget(m_problem);
    layout->addWidget(box);
    layout->addLayout(buttons);
    layout->addLayout(end);
    m_close->setEnabled(false);
    connect(m_kept, &QCheckBox::toggled, m_close, &QPushButton::setEnabled);
    connect(copy, &QPushButton::clicked, this, [this] {
        copyForAMinute(text(asText(m_key.text.view())));
        m_news->setText(tr("The clipboard is cleared after a minute."));
        kept();
    });
    connect(save, &QPushButton::clicked, this,
        [this] { chooseSaveFile(this, tr("Save the key"), "carma.key", [this](const QString& path) { saveTo(path); }); });
    connect(m_close, &QPushButton::clicked, this, &QDialog::accept);
    connect(&session, &StoreSession::closed, this, &QDialog::accept);
}

SecretDialog::~SecretDialog() { m_text->clear(); }

QString SecretDialog::shown() const { return m_text->text().remove('\n'); }

void SecretDialog::kept() { m_kept->setChecked(true); }

void SecretDialog::saveTo(const QString& path)
{
    m_session.ask(
        this, [path, key = std::make_shared<SecretBytes>(m_key.text.clone())](Store&) { return writeSecret(path, key->view()); },
        [this, path](const Result<void>& written) {
            if (!written) {
                m_problem->show(
                    {tr("The key was not saved."), text(written.error().message), tr("Choose a new file name."), Remedy::None, {}});
                return;
            }
            m_problem->dismiss();
            m_news->setText(tr("Saved to %1, which only you can read.").arg(path));
            kept();
        });
}

void SecretDialog::reject()
{
    if (m_kept->isChecked()) {
        QDialog::reject();
        return;
    }
    m_news->setText(tr("Copy or save the key first: it cannot be shown again."));
}

} // namespace carma::gui
