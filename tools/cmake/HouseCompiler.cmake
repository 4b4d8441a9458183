# Language, build type, warnings, sanitizers, ccache. Everything of the house links house_flags privately.
include_guard(GLOBAL)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

get_property(house_multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
if(NOT CMAKE_BUILD_TYPE AND NOT house_multi_config)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()
# Line tables are enough for a stack trace and halve the size of what is written and linked.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")

find_program(HOUSE_CCACHE ccache)
if(HOUSE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${HOUSE_CCACHE}")
endif()

set(HOUSE_COMPILE_OPTIONS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion)
# clang 14 sees no use of a captured `this` where a generic lambda calls a member template.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    list(APPEND HOUSE_COMPILE_OPTIONS -Wno-unused-lambda-capture)
endif()
# g++ 12 sees overlaps and overreads in optimised std::string and std::vector code that are not there (GCC PR 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND HOUSE_COMPILE_OPTIONS
         $<$<CONFIG:RelWithDebInfo>:-Wno-restrict> $<$<CONFIG:RelWithDebInfo>:-Wno-stringop-overread>
         $<$<CONFIG:RelWithDebInfo>:-Wno-stringop-overflow> $<$<CONFIG:RelWithDebInfo>:-Wno-array-bounds>)
endif()
if(HOUSE_WARNINGS_ARE_ERRORS)
    list(APPEND HOUSE_COMPILE_OPTIONS -Werror)
endif()
add_library(house_flags INTERFACE)
target_compile_options(house_flags INTERFACE ${HOUSE_COMPILE_OPTIONS})

if(HOUSE_SANITIZERS)
    add_compile_options(-fsanitize=${HOUSE_SANITIZERS} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${HOUSE_SANITIZERS})
endif()
