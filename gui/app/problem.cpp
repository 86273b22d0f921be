// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/problem.h"

#include "app/text.h"

#include <QCoreApplication>

namespace carma::gui {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(Problem)
};

Problem wrongKey(Intent intent)
{
    if (intent == Intent::OpenWithPassphrase) {
        return {Texts::tr("The store does not open with this passphrase."), {}, Texts::tr("Type it again; capitals and spaces count."),
            Remedy::TypePassphrase, Texts::tr("Type again")};
    }
    if (intent == Intent::OpenWithRecoveryCode) {
        return {Texts::tr("The store does not open with this recovery code."), {},
            Texts::tr("Compare each group with the sheet it was written on. A newer code makes older ones void."), Remedy::TypePassphrase,
            Texts::tr("Type again")};
    }
    return {Texts::tr("The store does not open with this key file."), {}, Texts::tr("Choose the key file that was made with this store."),
        Remedy::ChooseKeyFile, Texts::tr("Choose key file")};
}

Problem notFound(Intent intent)
{
    if (intent == Intent::OpenWithKeyFile) {
        return {Texts::tr("The store or its key file is not there."), {},
            Texts::tr("If the key file lies elsewhere, choose it; or unlock with the passphrase or the recovery code."),
            Remedy::ChooseKeyFile, Texts::tr("Choose key file")};
    }
    if (intent == Intent::Work) {
        return {Texts::tr("This is not there any more."), {}, Texts::tr("Another program may have removed it."), Remedy::Retry,
            Texts::tr("Look again")};
    }
    return {Texts::tr("This folder is no store."), {}, Texts::tr("Choose the folder that holds the shard folders, or make a new store."),
        Remedy::ChooseFolder, Texts::tr("Choose folder")};
}

Problem opening(ErrorCode code, Intent intent)
{
    switch (code) {
    case ErrorCode::WrongKey: return wrongKey(intent);
    case ErrorCode::NotFound: return notFound(intent);
    case ErrorCode::Unsupported:
        if (intent == Intent::Work) {
            return {Texts::tr("That cannot be done here."), {}, Texts::tr("The reason says what is in the way."), Remedy::None, {}};
        }
        return {Texts::tr("The store has a newer format than this program reads."), {},
            Texts::tr("Nothing was changed. Open it with a newer program."), Remedy::ChooseFolder, Texts::tr("Choose other store")};
    case ErrorCode::Busy:
        return {Texts::tr("Another program is writing to this store."), {},
            Texts::tr("Open it for reading only, or try again when that has ended."), Remedy::OpenReadOnly,
            Texts::tr("Open for reading only")};
    case ErrorCode::DamagedStore:
        return {Texts::tr("Too much of this store is lost to open it."), {},
            Texts::tr("Bring back its shard folders if they were moved; else \"carma rescue\" gets out what can be read."), Remedy::Retry,
            Texts::tr("Try again")};
    case ErrorCode::AlreadyExists:
        return {Texts::tr("This folder is not empty."), {}, Texts::tr("Choose an empty folder or a new name."), Remedy::ChooseFolder,
            Texts::tr("Choose folder")};
    default: return {Texts::tr("That did not work."), {}, Texts::tr("Try again."), Remedy::Retry, Texts::tr("Try again")};
    }
}

} // namespace

Problem explain(const Error& error, Intent intent)
{
    Problem problem;
    switch (error.code) {
    case ErrorCode::NoSpace:
        problem = {Texts::tr("The disk is full."), {}, Texts::tr("What was acknowledged is kept. Make room and try again."), Remedy::Retry,
            Texts::tr("Try again")};
        break;
    case ErrorCode::Io:
        problem = {Texts::tr("The disk refused to read or write."), {},
            Texts::tr("See whether the disk is still connected, then try again."), Remedy::Retry, Texts::tr("Try again")};
        break;
    case ErrorCode::Cancelled:
        problem = {Texts::tr("Stopped."), {}, Texts::tr("What was done until then is kept."), Remedy::None, {}};
        break;
    case ErrorCode::Corruption:
    case ErrorCode::AuthenticationFailed:
        problem = {Texts::tr("Stored bytes are damaged beyond repair."), {}, Texts::tr("See on the page Healing what is lost."),
            Remedy::OpenHealing, Texts::tr("Open Healing")};
        break;
    default: problem = opening(error.code, intent);
    }
    problem.why = text(error.message) + QString(" [%1]").arg(text(name(error.code)));
    return problem;
}

} // namespace carma::gui
