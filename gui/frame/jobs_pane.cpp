// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/jobs_pane.h"

#include "app/command_line.h"
#include "app/theme.h"
#include "frame/icons.h"
#include "frame/widgets.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>

namespace carma::gui {

namespace {

/// Title, a line of figures and a thin bar.
class JobDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& /*index*/) const override
    {
        return {200, option.fontMetrics.height() * 2 + 22};
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        QStyleOptionViewItem background = option;
        background.text.clear();
        option.widget->style()->drawPrimitive(QStyle::PE_PanelItemViewItem, &background, painter, option.widget);
        const bool selected = option.state.testFlag(QStyle::State_Selected);
        const QPalette& palette = option.palette;
        const QColor colour = palette.color(selected ? QPalette::HighlightedText : QPalette::Text);
        const QRect area = option.rect.adjusted(12, 6, -12, -6);
        const int height = option.fontMetrics.height();
        const auto state = static_cast<JobState>(index.data(JobsModel::StateRole).toInt());
        const Symbol symbol = state == JobState::Failed ? Symbol::Bad : state == JobState::Cancelled ? Symbol::Warning : Symbol::Good;
        const Tones tone = tones();
        const QColor mark = state == JobState::Failed ? tone.bad : state == JobState::Cancelled ? tone.warn : tone.good;
        if (state != JobState::Running) {
            symbolIcon(symbol, selected ? colour : mark).paint(painter, QRect(area.left(), area.top(), height, height));
        }
        const QRect words = area.adjusted(height + 8, 0, 0, 0);
        painter->setPen(colour);
        painter->drawText(QRect(words.left(), words.top(), words.width(), height), Qt::AlignVCenter, index.data().toString());
        painter->setPen(selected ? colour : tone.quiet);
        const QString line = option.fontMetrics.elidedText(index.data(JobsModel::LineRole).toString(), Qt::ElideRight, words.width());
        painter->drawText(QRect(words.left(), words.top() + height + 2, words.width(), height), Qt::AlignVCenter, line);
        if (state == JobState::Running) {
            const int permille = index.data(JobsModel::PermilleRole).toInt();
            const QRect bar(words.left(), area.bottom() - 2, words.width(), 3);
            painter->fillRect(bar, tone.line);
            const int wide = permille < 0 ? bar.width() / 6 : bar.width() * permille / 1000;
            painter->fillRect(QRect(bar.left(), bar.top(), wide, bar.height()), selected ? colour : palette.color(QPalette::Highlight));
        }
    }
};

} // namespace

JobsPane::JobsPane(JobsModel& jobs, QWidget* parent)
    : QWidget(parent), m_jobs(jobs), m_list(named(new QListView, tr("Jobs"))), m_buttons(new QWidget), m_copy(button(tr("Copy command"))),
      m_empty(quiet(tr("No job has run yet. Ingests, scrubs, heals and exports appear here.")))
{
    m_list->setModel(&jobs);
    m_list->setItemDelegate(new JobDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    auto* stop = button(tr("Stop"));
    auto* clear = button(tr("Clear ended"));
    m_copy->setToolTip(tr("Copies the line for a terminal that does the same."));
    auto* column = new QVBoxLayout(m_buttons);
    column->setContentsMargins(8, 8, 8, 8);
    column->addWidget(stop);
    column->addWidget(clear);
    column->addWidget(m_copy);
    column->addStretch();
    m_empty->setContentsMargins(12, 12, 12, 12);
    m_empty->setAlignment(Qt::AlignTop);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_empty, 1);
    row->addWidget(m_list, 1);
    row->addWidget(m_buttons);
    connect(stop, &QPushButton::clicked, this, &JobsPane::cancelCurrent);
    connect(clear, &QPushButton::clicked, &jobs, &JobsModel::clearEnded);
    connect(m_copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(commandLine(command())); });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &JobsPane::update);
    connect(&jobs, &JobsModel::changed, this, &JobsPane::update);
    update();
}

void JobsPane::cancelCurrent()
{
    const QModelIndex current = m_list->currentIndex();
    m_jobs.cancel(current.isValid() ? current : m_jobs.index(0));
}

QStringList JobsPane::command() const
{
    const QModelIndex current = m_list->currentIndex();
    return (current.isValid() ? current : m_jobs.index(0)).data(JobsModel::CommandRole).toStringList();
}

void JobsPane::update()
{
    m_copy->setEnabled(!command().isEmpty());
    const bool empty = m_jobs.rowCount() == 0;
    m_empty->setVisible(empty);
    m_list->setVisible(!empty);
    m_buttons->setVisible(!empty);
}

} // namespace carma::gui
