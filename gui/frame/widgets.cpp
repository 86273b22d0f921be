// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/widgets.h"

#include "app/session_log.h"
#include "app/theme.h"
#include "frame/icons.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace carma::gui {

QLabel* heading(const QString& text, int pointsMore)
{
    auto* label = new QLabel(text);
    QFont font = label->font();
    font.setPointSize(font.pointSize() + pointsMore);
    font.setWeight(QFont::DemiBold);
    label->setFont(font);
    return label;
}

QLabel* quiet(const QString& text)
{
    auto* label = new QLabel(text);
    label->setProperty("quiet", true);
    label->setWordWrap(true);
    return label;
}

QFrame* card()
{
    auto* frame = new QFrame;
    frame->setProperty("card", true);
    auto* layout = new QVBoxLayout(frame);
    layout->setContentsMargins(16, 14, 16, 14);
    layout->setSpacing(6);
    return frame;
}

QVBoxLayout* layoutOf(QFrame* card) { return static_cast<QVBoxLayout*>(card->layout()); }

QPushButton* button(const QString& text)
{
    auto* made = new QPushButton(text);
    made->setAccessibleName(QString(text).remove('&'));
    made->setAutoDefault(false);
    return made;
}

ProblemPanel::ProblemPanel(QWidget* parent)
    : QFrame(parent), m_symbol(new QLabel), m_what(heading({}, 1)), m_why(quiet({})), m_next(new QLabel), m_button(button({})),
      m_copy(button({}))
{
    setProperty("card", true);
    m_button->setAccessibleName(tr("What to do"));
    m_next->setWordWrap(true);
    m_what->setWordWrap(true);
    m_why->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_why->setFocusPolicy(Qt::NoFocus);
    auto* words = new QVBoxLayout;
    words->setSpacing(4);
    words->addWidget(m_what);
    words->addWidget(m_why);
    words->addWidget(m_next);
    m_copy->setAccessibleName(tr("Copy this message"));
    m_copy->setToolTip(tr("Copies this message. The id names it in the session log."));
    auto* close = button(tr("Dismiss"));
    auto* buttons = new QVBoxLayout;
    buttons->addWidget(m_button);
    buttons->addWidget(close);
    buttons->addWidget(m_copy);
    buttons->addStretch();
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 12, 16, 12);
    row->setSpacing(kGap);
    row->addWidget(m_symbol, 0, Qt::AlignTop);
    row->addLayout(words, 1);
    row->addLayout(buttons);
    connect(m_button, &QPushButton::clicked, this, [this] {
        const Remedy remedy = m_problem.remedy;
        dismiss();
        emit remedyChosen(remedy);
    });
    connect(close, &QPushButton::clicked, this, &ProblemPanel::dismiss);
    connect(m_copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(textToCopy()); });
    hide();
}

void ProblemPanel::show(const Problem& problem)
{
    m_problem = problem;
    if (m_problem.id.isEmpty()) {
        m_problem.id = sessionLog().error(problem.what, problem.why);
    }
    m_copy->setText(tr("Copy %1").arg(m_problem.id));
    m_copy->setAccessibleName(m_copy->text());
    m_symbol->setPixmap(symbolIcon(Symbol::Warning, tones().bad).pixmap(26, 26));
    m_what->setText(problem.what);
    m_why->setText(problem.why);
    m_next->setText(problem.next);
    m_button->setText(problem.button);
    m_button->setAccessibleName(problem.button);
    m_button->setVisible(problem.remedy != Remedy::None);
    setAccessibleName(problem.what);
    setAccessibleDescription(problem.why + ' ' + problem.next);
    QFrame::show();
}

void ProblemPanel::dismiss() { hide(); }

QString ProblemPanel::textToCopy() const
{
    return QStringList{m_problem.what, m_problem.why, m_problem.next, m_problem.id}.join('\n').replace("\n\n", "\n");
}

} // namespace carma::gui
