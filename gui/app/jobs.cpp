// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/jobs.h"

#include "app/session_log.h"
#include "app/text.h"

#include <algorithm>

namespace carma::gui {

namespace {
constexpr int kPollMs = 150;
}

Job::Job(QString title, bool isBackground) : m_title(std::move(title)), m_isBackground(isBackground) { m_clock.start(); }

Task Job::task()
{
    Task task;
    task.stop = m_stop.get_token();
    task.onProgress = [this](const Progress& progress) {
        const std::scoped_lock lock(m_mutex);
        m_progress = progress;
    };
    return task;
}

void Job::end(JobState state, const QString& remark)
{
    m_state = state;
    m_remark = remark;
    m_tookMs = m_clock.elapsed();
}

Progress Job::progress() const
{
    const std::scoped_lock lock(m_mutex);
    return m_progress;
}

int Job::permille() const
{
    if (m_state != JobState::Running) {
        return 1000;
    }
    const Progress now = progress();
    if (now.total == 0) {
        return -1;
    }
    return static_cast<int>(static_cast<double>(std::min(now.done, now.total)) * 1000.0 / static_cast<double>(now.total));
}

QString Job::line() const
{
    if (m_state != JobState::Running) {
        return m_remark.isEmpty() ? seconds(m_tookMs * 1000) : m_remark + ", " + seconds(m_tookMs * 1000);
    }
    if (cancelRequested()) {
        return JobsModel::tr("stopping");
    }
    const Progress now = progress();
    const auto elapsed = static_cast<double>(std::max<qint64>(m_clock.elapsed(), 1)) / 1000.0;
    const double rate = static_cast<double>(now.done) / elapsed;
    const bool bytes = now.unit == "bytes";
    const auto amount = [&](std::uint64_t value) { return bytes ? sizeText(value) : number(value); };
    QString line = now.phase.empty() ? JobsModel::tr("beginning") : text(now.phase);
    if (now.done > 0) {
        line += ": " + amount(now.done);
        line += now.total > 0 ? " / " + amount(now.total) : QString();
        line += bytes ? QString() : " " + text(now.unit);
        line += ", " + JobsModel::tr("%1 a second").arg(amount(static_cast<std::uint64_t>(rate)));
    }
    if (now.total > now.done && now.done > 0) {
        line += ", " +
            JobsModel::tr("%1 left").arg(seconds(static_cast<std::int64_t>(static_cast<double>(now.total - now.done) / rate * 1e6)));
    }
    return line;
}

JobsModel::JobsModel(QObject* parent) : QAbstractListModel(parent)
{
    m_timer.setInterval(kPollMs);
    connect(&m_timer, &QTimer::timeout, this, &JobsModel::poll);
}

std::shared_ptr<Job> JobsModel::add(const QString& title, bool isBackground)
{
    auto job = std::make_shared<Job>(title, isBackground);
    sessionLog().note("job began", title.section(' ', 0, 0)); // what follows may name files
    beginInsertRows({}, 0, 0);
    m_jobs.insert(m_jobs.begin(), job);
    endInsertRows();
    m_timer.start();
    emit changed();
    return job;
}

void JobsModel::ended(const std::shared_ptr<Job>& job, JobState state, const QString& remark)
{
    static constexpr const char* kStates[] = {"runs", "is done", "failed", "was stopped"};
    sessionLog().note(QString("job ") + kStates[static_cast<int>(state)], job->title().section(' ', 0, 0));
    job->end(state, remark);
    poll();
}

void JobsModel::cancel(const QModelIndex& index)
{
    if (index.isValid()) {
        job(index.row())->cancel();
        poll();
    }
}

void JobsModel::cancelAll()
{
    for (const auto& job : m_jobs) {
        job->cancel();
    }
}

void JobsModel::clearEnded()
{
    beginResetModel();
    std::erase_if(m_jobs, [](const auto& job) { return job->state() != JobState::Running; });
    endResetModel();
    emit changed();
}

int JobsModel::running() const
{
    return static_cast<int>(
        std::ranges::count_if(m_jobs, [](const auto& job) { return job->state() == JobState::Running && !job->isBackground(); }));
}

int JobsModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_jobs.size()); }

QVariant JobsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Job& one = *job(index.row());
    switch (role) {
    case Qt::DisplayRole: return one.title();
    case Qt::ToolTipRole:
    case LineRole: return one.line();
    case Qt::AccessibleTextRole: return one.title() + ": " + one.line();
    case CommandRole: return one.command();
    case StateRole: return static_cast<int>(one.state());
    case PermilleRole: return one.permille();
    default: return {};
    }
}

void JobsModel::poll()
{
    if (!m_jobs.empty()) {
        emit dataChanged(index(0), index(rowCount() - 1));
    }
    if (std::ranges::none_of(m_jobs, [](const auto& job) { return job->state() == JobState::Running; })) {
        m_timer.stop();
    }
    emit changed();
}

} // namespace carma::gui
