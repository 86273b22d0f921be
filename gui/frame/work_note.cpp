// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/work_note.h"

#include "app/store_session.h"
#include "app/text.h"

#include <carma/private_file.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace carma::gui {

namespace {
constexpr int kTitlesMax = 20;
}

WorkNote::WorkNote(QString path, StoreSession& session) : m_path(std::move(path)), m_session(session)
{
    QFile file(m_path);
    if (file.open(QIODevice::ReadOnly) && file.size() <= kBytesMax) {
        const QJsonObject note = QJsonDocument::fromJson(file.readAll()).object(); // garbage says nothing
        m_storeBefore = note["store"].toString();
        const QJsonArray work = note["work"].toArray();
        for (const auto& each : work) {
            if (m_workBefore.size() < kTitlesMax) {
                m_workBefore.append(oneLine(each.toString(), 200));
            }
        }
    }
    file.close();
    file.remove();
    connect(&session.jobs(), &JobsModel::changed, this, &WorkNote::follow);
}

WorkNote::~WorkNote()
{
    if (!m_noted.isEmpty()) {
        QFile::remove(m_path);
    }
}

void WorkNote::follow()
{
    QStringList running;
    for (int row = 0; row < m_session.jobs().rowCount() && running.size() < kTitlesMax; ++row) {
        const auto job = m_session.jobs().job(row);
        if (job->state() == JobState::Running && !job->isBackground()) {
            running.append(job->title());
        }
    }
    if (running == m_noted) {
        return;
    }
    m_noted = running;
    if (running.isEmpty()) {
        QFile::remove(m_path);
        return;
    }
    QDir().mkpath(QFileInfo(m_path).path());
    QFile::remove(m_path);
    const auto made = createPrivateFile(QFile::encodeName(m_path).toStdString()); // titles name files of the user
    QFile file; // torn by a crash of the machine it says nothing, which is as good as no note
    if (made && file.open(*made, QIODevice::WriteOnly, QFileDevice::AutoCloseHandle)) {
        file.write(QJsonDocument(QJsonObject{{"store", m_session.path()}, {"work", QJsonArray::fromStringList(running)}}).toJson());
    }
}

std::optional<Problem> WorkNote::unfinishedIn(const QString& store)
{
    if (m_workBefore.isEmpty() || QDir(store) != QDir(m_storeBefore)) {
        return std::nullopt;
    }
    Problem problem;
    problem.what = tr("The program ended in the middle of its work.");
    problem.why = tr("Still running when it ended: %1.").arg(m_workBefore.join("; "));
    problem.next = tr("What was kept until then is whole. Start it again: files that are kept already are skipped.");
    problem.remedy = Remedy::Retry;
    problem.button = tr("Go to Memory");
    m_workBefore.clear();
    return problem;
}

} // namespace carma::gui
