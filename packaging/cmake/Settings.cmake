# Compiler settings for the project's own targets, as INTERFACE libraries that nothing else links.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
endif()

option(CARMA_WARNINGS_AS_ERRORS "Stop at the first warning" OFF)
set(CARMA_SANITIZE "" CACHE STRING "Sanitizers for -fsanitize=, for instance address,undefined")
# Quicker to build, but a source that lacks an #include is not noticed: for builds beside one without.
option(CARMA_PRECOMPILE "Precompile the standard headers" OFF)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
    # The sloppiness lets objects that use precompiled headers be cached, the base folder lets several checkouts share them.
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros
        "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${CCACHE_PROGRAM}")
endif()

add_library(carma_settings INTERFACE)
target_compile_options(carma_settings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wunused-result
    $<$<BOOL:${CARMA_WARNINGS_AS_ERRORS}>:-Werror>)
if(CARMA_SANITIZE)
    add_compile_options(-fsanitize=${CARMA_SANITIZE} -fno-omit-frame-pointer -O1 -g1)
    add_link_options(-fsanitize=${CARMA_SANITIZE})
    if(CARMA_SANITIZE MATCHES "undefined")
        add_compile_options(-fno-sanitize-recover=undefined)
    endif()
else()
    add_compile_options(-fstack-protector-strong)
    if(CMAKE_BUILD_TYPE STREQUAL "Release")
        add_compile_definitions(_FORTIFY_SOURCE=2)
    endif()
    add_link_options(-Wl,-z,relro -Wl,-z,now)
endif()

# carma_precompile(TARGET KIND): with CARMA_PRECOMPILE, the standard headers that nearly every source includes. Targets of one KIND
# share the precompiled file of the first one; they must have the same compiler options.
function(carma_precompile target kind)
    if(NOT CARMA_PRECOMPILE)
        return()
    endif()
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>) # ccache asks for it
    get_property(first GLOBAL PROPERTY carma_precompiled_${kind})
    if(first)
        target_precompile_headers(${target} REUSE_FROM ${first})
    else()
        target_precompile_headers(${target} PRIVATE <algorithm> <array> <functional> <map> <memory> <mutex> <optional> <set> <span>
            <string> <string_view> <unordered_map> <vector>)
        set_property(GLOBAL PROPERTY carma_precompiled_${kind} ${target})
    endif()
endfunction()
